/** Where a call is sent on to, as people write it, made the URI that SIP needs. */
import { fault } from '../errors.js';
import { parseUri } from './sip/uri.js';

/**
 * A SIP or tel: URI is taken as it is, `user@host` gets its scheme, a number or name the peer's `domain`. Throws
 * NOT_SUPPORTED for anything else, so that nothing that was asked for can add headers to a message.
 */
export function destinationUri(destination: string, domain: string): string {
  const wished = destination.trim();
  if (/^tel:\+?[\d().*#-]+(;[\w=.+-]+)*$/i.test(wished) || parseUri(wished)) return wished;
  const made = wished.includes('@') ? `sip:${wished}` : `sip:${wished.replace(/[\s()]/g, '')}@${domain}`;
  if (/^[\w+*#.!~'-]+(@|$)/.test(wished.replace(/[\s()]/g, '')) && parseUri(made)) return made;
  throw fault('NOT_SUPPORTED', 'this destination', 'expected a SIP URI, user@host or a number');
}
