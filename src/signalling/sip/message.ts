/**
 * SIP messages (RFC 3261, section 7): parsing with bounds, and writing. Header names are kept in lower case, compact
 * forms made long; a header that may come several times is a list.
 */
import { fault } from '../../errors.js';

/** Larger datagrams are refused: a telephone's INVITE has one to three kB. */
export const maxMessageBytes = 16384;
const maxHeaders = 128;

export interface SipHeaders {
  /** Every value of a header, in order; names in lower case. */
  readonly [name: string]: readonly string[];
}

export interface SipRequest {
  kind: 'request';
  method: string;
  uri: string;
  headers: SipHeaders;
  body: string;
}

export interface SipResponse {
  kind: 'response';
  status: number;
  reason: string;
  headers: SipHeaders;
  body: string;
}

export type SipMessage = SipRequest | SipResponse;

const compact: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  c: 'content-type',
  l: 'content-length',
  e: 'content-encoding',
  s: 'subject',
  k: 'supported',
  r: 'refer-to',
  b: 'referred-by',
  o: 'event',
  u: 'allow-events',
  x: 'session-expires',
};

/** Headers whose commas separate values (RFC 3261, 7.3.1); others may hold commas of their own. */
const lists = new Set(['via', 'route', 'record-route', 'contact', 'require', 'supported', 'proxy-require', 'allow']);

const bad = (why: string) => fault('SIP_MALFORMED', why);

/** Parses one datagram; throws SIP_MALFORMED with what was expected. */
export function parseSip(text: string): SipMessage {
  if (text.length > maxMessageBytes) throw bad(`expected at most ${maxMessageBytes} characters, got ${text.length}`);
  const end = text.search(/\r?\n\r?\n/);
  if (end < 0) throw bad('expected an empty line after the headers');
  const [first = '', ...lines] = text
    .slice(0, end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  const headers = headersOf(lines);
  const body = bodyOf(text.slice(end).replace(/^\r?\n\r?\n/, ''), headers);
  return { ...startLine(first), headers, body };
}

function startLine(
  line: string,
): Pick<SipRequest, 'kind' | 'method' | 'uri'> | Pick<SipResponse, 'kind' | 'status' | 'reason'> {
  const request = /^([A-Za-z0-9\-.!%*_+`'~]{1,32}) (\S{1,1024}) SIP\/2\.0$/.exec(line);
  if (request) return { kind: 'request', method: request[1] ?? '', uri: request[2] ?? '' };
  const response = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/.exec(line);
  if (response) return { kind: 'response', status: Number(response[1]), reason: response[2] ?? '' };
  throw bad(`expected a request or status line, got ${JSON.stringify(line.slice(0, 60))}`);
}

function headersOf(lines: readonly string[]): SipHeaders {
  if (lines.length > maxHeaders) throw bad(`expected at most ${maxHeaders} header lines, got ${lines.length}`);
  const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw bad(`expected a header with a colon, got ${JSON.stringify(line.slice(0, 60))}`);
    const written = line.slice(0, colon).trim().toLowerCase();
    const name = compact[written] ?? written;
    const value = line.slice(colon + 1).trim();
    const values = lists.has(name) ? splitList(value) : [value];
    headers[name] = [...(headers[name] ?? []), ...values];
  }
  return headers;
}

/** Splits at commas that stand neither in quotes nor in angle brackets. */
function splitList(value: string): string[] {
  const items: string[] = [];
  let [start, quoted, bracket] = [0, false, false];
  for (let at = 0; at < value.length; at++) {
    const sign = value[at];
    if (sign === '"' && value[at - 1] !== '\\') quoted = !quoted;
    else if (!quoted && (sign === '<' || sign === '>')) bracket = sign === '<';
    else if (!quoted && !bracket && sign === ',') {
      items.push(value.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...items, value.slice(start).trim()].filter((item) => item !== '');
}

/** Over UDP a Content-Length longer than the datagram is an error, a shorter one cuts (RFC 3261, 18.3). */
function bodyOf(rest: string, headers: SipHeaders): string {
  const written = headers['content-length']?.[0];
  if (written === undefined) return rest;
  const length = /^\d{1,9}$/.test(written) ? Number(written) : Number.NaN;
  const octets = Buffer.from(rest);
  if (!(length <= octets.length)) throw bad(`expected a body of Content-Length ${written}, got ${octets.length}`);
  return octets.subarray(0, length).toString();
}

/** The first value of a header; empty where it is missing. */
export const header = (message: { headers: SipHeaders }, name: string): string => message.headers[name]?.[0] ?? '';

/** `;name=value` of a header value; '' for a flag, undefined where it is missing. */
export function parameter(value: string, name: string): string | undefined {
  const after = value.includes('>') ? value.slice(value.indexOf('>')) : value;
  const found = new RegExp(`;\\s*${name}\\s*(?:=\\s*("[^"]*"|[^;,\\s]*))?(?=[;,\\s]|$)`, 'i').exec(after);
  return found ? (found[1] ?? '') : undefined;
}

/** The URI of a From, To, Contact, Route or Refer-To value, without name and header parameters. */
export function uriOf(value: string): string {
  const bracketed = /<([^>]*)>/.exec(value);
  return (bracketed?.[1] ?? value.split(';')[0] ?? '').trim();
}

export interface SipUri {
  user: string;
  host: string;
  /** 5060 where none is written. */
  port: number;
  parameters: string;
}

/** Takes a sip: URI apart; undefined for anything else. */
export function parseUri(uri: string): SipUri | undefined {
  const found = /^sips?:(?:([^@>;]*)@)?(\[[^\]]+\]|[^:;>?]+)(?::(\d{1,5}))?([;?].*)?$/i.exec(uri);
  if (!found) return undefined;
  const port = Number(found[3] ?? 5060);
  if (port === 0 || port > 65535) return undefined;
  const user = (found[1] ?? '').split(':')[0] ?? '';
  return { user: unescaped(user), host: found[2] ?? '', port, parameters: found[4] ?? '' };
}

function unescaped(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

export interface CSeq {
  number: number;
  method: string;
}

/** Throws SIP_MALFORMED. */
export function cseqOf(message: { headers: SipHeaders }): CSeq {
  const found = /^(\d{1,10})\s+(\S+)$/.exec(header(message, 'cseq'));
  if (!found)
    throw bad(`expected CSeq with a number and a method, got ${JSON.stringify(header(message, 'cseq').slice(0, 40))}`);
  return { number: Number(found[1]), method: found[2] ?? '' };
}

/** Headers that every request must have (RFC 3261, 8.1.1); throws SIP_MALFORMED. */
export function checkRequired(message: SipMessage): void {
  for (const name of ['via', 'from', 'to', 'call-id', 'cseq']) {
    if (header(message, name) === '') throw bad(`expected a ${name} header, got none`);
  }
  const { method } = cseqOf(message);
  if (message.kind === 'request' && method !== message.method)
    throw bad(`expected CSeq ${message.method}, got ${method}`);
}

export type HeaderLines = readonly (readonly [name: string, value: string])[];

function write(first: string, headers: HeaderLines, body: string): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [first, ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

export const writeRequest = (method: string, uri: string, headers: HeaderLines, body = ''): string =>
  write(`${method} ${uri} SIP/2.0`, headers, body);

/** Answers a request: copies what a response must repeat (RFC 3261, 8.2.6). `toTag` is added where the request has none. */
export function writeResponse(
  request: SipRequest,
  status: number,
  reason: string,
  { toTag, headers = [], body = '' }: { toTag?: string | undefined; headers?: HeaderLines; body?: string } = {},
): string {
  const to = header(request, 'to');
  const tagged = toTag === undefined || parameter(to, 'tag') !== undefined ? to : `${to};tag=${toTag}`;
  const repeated: HeaderLines = [
    ...(request.headers.via ?? []).map((via) => ['Via', via] as const),
    ...(request.headers['record-route'] ?? []).map((route) => ['Record-Route', route] as const),
    ['From', header(request, 'from')],
    ['To', tagged],
    ['Call-ID', header(request, 'call-id')],
    ['CSeq', header(request, 'cseq')],
  ];
  return write(`SIP/2.0 ${status} ${reason}`, [...repeated, ...headers], body);
}
