/** SIP messages (RFC 3261, section 7): parsing with bounds, and writing. */
import { fault } from '../../errors.js';
import { cseqOf, type Headed, header, parameter, parseHeaders, type SipHeaders, topVia } from './headers.js';

/** Larger datagrams are refused: a telephone's INVITE has one to three kB. */
export const maxMessageBytes = 16_384;

export interface SipRequest extends Headed {
  kind: 'request';
  method: string;
  uri: string;
  body: string;
}

export interface SipResponse extends Headed {
  kind: 'response';
  status: number;
  reason: string;
  body: string;
}

export type SipMessage = SipRequest | SipResponse;

const malformed = (why: string) => fault('SIP_MALFORMED', why);

/** Parses one datagram; throws SIP_MALFORMED where not even the headers can be read. See also `checkSound`. */
export function parseSip(datagram: Buffer): SipMessage {
  if (datagram.length > maxMessageBytes) {
    throw malformed(`expected at most ${maxMessageBytes} octets, got ${datagram.length}`);
  }
  // One character an octet, so that the place of the empty line is a place in the datagram.
  const text = datagram.toString('latin1');
  const [{ length: start } = ''] = /^[\r\n]*/.exec(text) ?? [];
  const gap = /\r?\n\r?\n/.exec(text.slice(start));
  if (!gap) throw malformed('expected an empty line after the headers');
  const end = start + gap.index;
  const head = datagram.subarray(start, end).toString('utf8');
  const [first = ''] = head.split(/\r?\n/, 1);
  const headers = parseHeaders(head.slice(first.length));
  const body = bodyOf(datagram.subarray(end + gap[0].length), headers);
  return { ...startLine(first), headers, body };
}

type StartLine = Pick<SipRequest, 'kind' | 'method' | 'uri'> | Pick<SipResponse, 'kind' | 'status' | 'reason'>;

function startLine(line: string): StartLine {
  const [, method, uri] = /^([\w\-.!%*+`'~]{1,32}) (\S{1,1024}) SIP\/2\.0$/.exec(line) ?? [];
  if (method && uri) return { kind: 'request', method, uri };
  const [, status, reason = ''] = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/.exec(line) ?? [];
  if (status) return { kind: 'response', status: Number(status), reason };
  throw malformed(`expected a request or status line, got ${JSON.stringify(line.slice(0, 60))}`);
}

/** Over UDP a Content-Length cuts the datagram; without one the body is the rest (RFC 3261, 18.3). */
function bodyOf(rest: Buffer, headers: SipHeaders): string {
  const written = header({ headers }, 'content-length');
  return rest.subarray(0, /^\d{1,9}$/.test(written) ? Number(written) : rest.length).toString('utf8');
}

/** Headers of which a second one would leave open which is meant. */
const singles = ['from', 'to', 'call-id', 'cseq', 'content-length', 'max-forwards'];

/** What a message must have to be worked with (RFC 3261, 8.1.1 and 18.3); throws SIP_MALFORMED. */
export function checkSound(message: SipMessage): void {
  for (const name of ['via', 'from', 'to', 'call-id', 'cseq']) {
    if (header(message, name) === '') throw malformed(`expected a ${name} header, got none`);
  }
  for (const name of singles) {
    const count = message.headers[name]?.length ?? 0;
    if (count > 1) throw malformed(`expected one ${name} header, got ${count}`);
  }
  if (!topVia(message)) throw malformed(`expected Via SIP/2.0/TRANSPORT HOST, got ${cut(header(message, 'via'))}`);
  const { method } = cseqOf(message);
  if (message.kind === 'request' && method !== message.method) {
    throw malformed(`expected CSeq ${message.method}, got ${cut(method)}`);
  }
  const written = header(message, 'content-length') || '0';
  if (!(/^\d{1,9}$/.test(written) && Number(written) <= Buffer.byteLength(message.body))) {
    throw malformed(`expected a body of Content-Length ${cut(written)}, got ${Buffer.byteLength(message.body)}`);
  }
}

const cut = (text: string): string => JSON.stringify(text.slice(0, 60));

export type HeaderLines = readonly (readonly [name: string, value: string])[];

function write(first: string, headers: HeaderLines, body: string): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [first, ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

export const writeRequest = (method: string, uri: string, headers: HeaderLines, body = ''): string =>
  write(`${method} ${uri} SIP/2.0`, headers, body);

export interface ResponseParts {
  /** Added to To where the request has none. */
  toTag?: string | undefined;
  headers?: HeaderLines;
  body?: string;
}

/** Answers a request: copies what a response must repeat (RFC 3261, 8.2.6 and 12.1.1). */
export function writeResponse(request: SipRequest, status: number, reason: string, parts: ResponseParts = {}): string {
  const { toTag, headers = [], body = '' } = parts;
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
