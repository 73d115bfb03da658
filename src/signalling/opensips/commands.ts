/**
 * Parameters of the UA-session commands, past the traps of their wire format: `extra_headers` without `body` sends
 * uninitialised memory, `content_type` is a whole header line, and `ua_session_terminate` takes a key and no more.
 */
import type { MiParams } from './mi.js';

export const allowed = 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY';

export interface ReplyContent {
  /** SDP; OpenSIPS adds its Content-Type. */
  sdp?: string;
  headers?: readonly (readonly [name: string, value: string])[];
}

const headerLines = (headers: NonNullable<ReplyContent['headers']>): string =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');

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
  const headers = [['Refer-To', `<${target}>`], ...(referredBy ? [['Referred-By', `<${referredBy}>`]] : [])] as const;
  return {
    key,
    method: 'REFER',
    body: '',
    extra_headers: headers.map(([name, value]) => `${name}: ${value}\r\n`).join(''),
  };
}

/** `ua_session_client_start`: flags ask for bodies, headers and the ACKs of the peer's re-INVITEs. */
export const clientStart = (uri: string, from: string, sdp: string): MiParams => ({
  ruri: uri,
  to: uri,
  from,
  flags: 'rbha',
  body: sdp,
});
