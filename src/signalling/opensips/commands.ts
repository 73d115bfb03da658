/**
 * Parameters of the UA-session commands, past the traps of their wire format: `extra_headers` without `body` sends
 * uninitialised memory, `content_type` is a whole header line, and `ua_session_terminate` takes a key and no more.
 */
import type { HeaderLines } from '../sip/message.js';
import type { MiParams } from './mi.js';

export interface ReplyContent {
  /** SDP; OpenSIPS adds its Content-Type. */
  sdp?: string;
  headers?: HeaderLines;
}

const headerLines = (headers: HeaderLines): string => headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');

/** `ua_session_reply`: answers the open request of this method. */
export function reply(key: string, method: string, code: number, reason: string, content: ReplyContent = {}): MiParams {
  const { sdp, headers } = content;
  const head = { key, method, code, reason };
  if (!headers) return sdp === undefined ? head : { ...head, body: sdp };
  const extra_headers = headerLines(headers);
  return sdp === undefined
    ? { ...head, body: '', content_type: '', extra_headers }
    : { ...head, body: sdp, extra_headers };
}

/** `ua_session_update` with REFER: blind transfer (RFC 3515). */
export function refer(key: string, target: string, referredBy: string): MiParams {
  const by: HeaderLines = referredBy ? [['Referred-By', `<${referredBy}>`]] : [];
  return { key, method: 'REFER', body: '', extra_headers: headerLines([['Refer-To', `<${target}>`], ...by]) };
}

/** `ua_session_update` with NOTIFY: how the call goes that the peer's REFER asked for. */
export function notify(key: string, headers: HeaderLines, body: string): MiParams {
  const isType = ([name]: HeaderLines[number]) => name === 'Content-Type';
  const others = headers.filter((line) => !isType(line));
  const content_type = headerLines(headers.filter(isType));
  return { key, method: 'NOTIFY', body, content_type, extra_headers: headerLines(others) };
}

/** `ua_session_client_start`: flags ask for bodies, headers and the ACKs of the peer's re-INVITEs. */
export const clientStart = (uri: string, from: string, sdp: string): MiParams => ({
  ruri: uri,
  to: uri,
  from,
  flags: 'rbha',
  body: sdp,
});
