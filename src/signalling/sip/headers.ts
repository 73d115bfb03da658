/** SIP header fields (RFC 3261, 7.3): reading a block of them, and taking their values apart. */
import { fault } from '../../errors.js';

const maxLines = 128;

/** Every value of a header, in order; names in lower case and in their long form. */
export interface SipHeaders {
  readonly [name: string]: readonly string[];
}

/** What has headers: a message, or the block that OpenSIPS hands over. */
export interface Headed {
  headers: SipHeaders;
}

const compact: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
};

/** Headers whose commas separate values (RFC 3261, 7.3.1); others may hold commas of their own. */
const lists = new Set(['via', 'route', 'record-route', 'contact', 'require', 'supported', 'proxy-require', 'allow']);

const malformed = (why: string) => fault('SIP_MALFORMED', why);

/** Reads header lines, folded ones included (7.3.1); throws SIP_MALFORMED. */
export function parseHeaders(block: string): SipHeaders {
  const lines = block
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  if (lines.length > maxLines) throw malformed(`expected at most ${maxLines} header lines, got ${lines.length}`);
  const headers = Object.create(null) as Record<string, string[]>;
  for (const line of lines) {
    const [name, values] = readLine(line);
    headers[name] ??= [];
    headers[name].push(...values);
  }
  return headers;
}

function readLine(line: string): [name: string, values: string[]] {
  const colon = line.indexOf(':');
  const written = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
  if (!/^[\w\-.!%*+`'~]+$/.test(written))
    throw malformed(`expected NAME: VALUE, got ${JSON.stringify(line.slice(0, 60))}`);
  const name = (Object.hasOwn(compact, written) ? compact[written] : undefined) ?? written;
  const value = line.slice(colon + 1).trim();
  return [name, lists.has(name) ? splitList(value) : [value]];
}

/** Splits at commas that stand neither in quotes nor in angle brackets. */
function splitList(value: string): string[] {
  const items: string[] = [];
  let start = 0;
  let quoted = false;
  let bracketed = false;
  for (let at = 0; at < value.length; at++) {
    const sign = value[at];
    if (quoted && sign === '\\') at++;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === '<' || sign === '>')) bracketed = sign === '<';
    else if (!quoted && !bracketed && sign === ',') {
      items.push(value.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...items, value.slice(start).trim()].filter((item) => item !== '');
}

/** The first value of a header; empty where it is missing. */
export const header = ({ headers }: Headed, name: string): string => headers[name]?.[0] ?? '';

/** `type/subtype` in lower case, without parameters; empty where there is none. */
export const contentType = (message: Headed): string =>
  (header(message, 'content-type').split(';')[0] ?? '').trim().toLowerCase();

/** `;name=value` of a header value; '' for a flag, undefined where it is missing. */
export function parameter(value: string, name: string): string | undefined {
  const after = value.includes('>') ? value.slice(value.lastIndexOf('>')) : value;
  for (const part of after.split(';').slice(1)) {
    const [, key, given = ''] = /^\s*([^=\s]+)\s*(?:=\s*("[^"]*"|[^,\s]*))?/.exec(part) ?? [];
    if (key?.toLowerCase() === name) return given;
  }
  return undefined;
}

export const tagOf = (value: string): string => parameter(value, 'tag') ?? '';

/** The URI of a From, To, Contact, Route or Refer-To value, without display name and header parameters. */
export function uriOf(value: string): string {
  const unquoted = value.replace(/^\s*"(?:[^"\\]|\\.)*"/, '');
  const [, bracketed] = /<([^>]*)>/.exec(unquoted) ?? [];
  return (bracketed ?? unquoted.split(';')[0] ?? '').trim();
}

export interface CSeq {
  number: number;
  method: string;
}

/** Throws SIP_MALFORMED; the number has at most 31 bits (RFC 3261, 8.1.1.5). */
export function cseqOf(message: Headed): CSeq {
  const [, digits, method] = /^(\d{1,10})\s+(\S+)$/.exec(header(message, 'cseq')) ?? [];
  const number = Number(digits);
  if (!method || !(number < 2 ** 31)) {
    throw malformed(
      `expected CSeq with a number and a method, got ${JSON.stringify(header(message, 'cseq').slice(0, 40))}`,
    );
  }
  return { number, method };
}

export interface Via {
  transport: string;
  host: string;
  port: number | undefined;
  branch: string;
  /** Whether the peer asks for its source port (RFC 3581). */
  rport: boolean;
}

/** The topmost Via; undefined when it cannot be read. */
export function topVia(message: Headed): Via | undefined {
  const value = header(message, 'via');
  const [, transport, host, digits] =
    /^SIP\s*\/\s*2\.0\s*\/\s*(\w+)\s+(\[[\da-fA-F:.]+\]|[\w.-]+)(?:\s*:\s*(\d{1,5}))?\s*(?:;|$)/i.exec(value) ?? [];
  if (!transport || !host) return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port === 0 || port > 65535)) return undefined;
  const branch = parameter(value, 'branch') ?? '';
  return { transport: transport.toUpperCase(), host, port, branch, rport: parameter(value, 'rport') !== undefined };
}
