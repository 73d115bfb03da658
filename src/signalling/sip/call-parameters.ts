/** What an INVITE asks for: parameters of the called URI, `;agent=bank`, and headers, `X-OAVC-Agent: bank`. */
import type { LegParameters } from '../leg.js';
import { legParameters } from '../leg-parameters.js';
import type { SipRequest } from './message.js';
import { parseUri, unescaped } from './uri.js';

const prefix = 'x-oavc-';
/** Parameters that SIP itself gives a meaning (RFC 3261, 19.1.1). */
const sipsOwn: ReadonlySet<string> = new Set(['transport', 'user', 'method', 'ttl', 'maddr', 'lr']);

/** Where both say something, the header wins. */
export function callParameters({ uri, headers }: Pick<SipRequest, 'uri' | 'headers'>): LegParameters {
  const [ofUri = ''] = (parseUri(uri)?.parameters ?? '').split('?');
  const inUri = ofUri.split(';').map(pair);
  const inHeaders = Object.entries(headers)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, [value = '']]) => [name.slice(prefix.length), value] as const);
  return legParameters([...inUri.filter(([name]) => !sipsOwn.has(name.toLowerCase())), ...inHeaders]);
}

function pair(text: string): readonly [string, string] {
  const [name = '', ...value] = text.split('=');
  return [unescaped(name), unescaped(value.join('='))];
}
