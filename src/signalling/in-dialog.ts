/** What both kinds of leg take in a running dialog, and what they answer to INFO and MESSAGE. */
import { infoDigit } from './dtmf.js';
import type { LegHandlers } from './leg.js';
import { contentType, type Headed, header, parameter } from './sip/headers.js';
import type { HeaderLines } from './sip/message.js';

/** Value of Allow. */
export const allowed = 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY, REFER, MESSAGE';

export interface Answer {
  status: number;
  reason: string;
  content: { headers?: HeaderLines };
}

const ok: Answer = { status: 200, reason: 'OK', content: {} };
const unsupported = (accept: string): Answer => ({
  status: 415,
  reason: 'Unsupported Media Type',
  content: { headers: [['Accept', accept]] },
});

/** A digit; an empty INFO only asks whether we are there. */
export function answerInfo(request: Headed, body: string, { onDigit }: LegHandlers): Answer {
  const found = infoDigit(contentType(request), body);
  if (found) onDigit(found.digit, found.durationMs);
  return found || body === '' ? ok : unsupported('application/dtmf-relay, application/dtmf');
}

/** Longest text of a MESSAGE, in octets; outside of a call RFC 3428, 8, would allow 1300. */
export const textLimitBytes = 4096;

/** Text that the peer typed (RFC 3428). One that says nothing is taken, and nothing comes of it. */
export function answerMessage(request: Headed, body: string, { onText }: LegHandlers): Answer {
  if (!onText) return { status: 403, reason: 'Forbidden', content: {} };
  if (!isPlainText(request)) return unsupported('text/plain');
  if (Buffer.byteLength(body) > textLimitBytes) return { status: 413, reason: 'Request Entity Too Large', content: {} };
  const text = body.trim();
  if (text === '' || onText(text)) return ok;
  return { status: 480, reason: 'Temporarily Unavailable', content: { headers: [['Retry-After', '1']] } };
}

/** In UTF-8, of which ASCII is a part; without a Content-Type it is that too (RFC 2045, 5.2). */
function isPlainText(request: Headed): boolean {
  const charset = parameter(header(request, 'content-type'), 'charset') ?? 'utf-8';
  return /^(text\/plain)?$/.test(contentType(request)) && /^"?(utf-?8|us-ascii)"?$/i.test(charset);
}
