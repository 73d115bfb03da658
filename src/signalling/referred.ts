/** A peer asks us to call somebody (RFC 3515): the answer to its REFER, and the NOTIFYs that tell how the call goes. */
import type { LegHandlers } from './leg.js';
import { type Headed, header, uriOf } from './sip/headers.js';
import type { HeaderLines } from './sip/message.js';
import { parseUri } from './sip/uri.js';

/** How long a telephone may ring, as a subscription: 3 minutes. */
const expiresS = 180;

export interface ReferralWay {
  /** Answers the REFER. */
  respond(status: number, reason: string): void;
  /** Sends a NOTIFY in the dialog, after the answer and after those before it. */
  notify(headers: HeaderLines, body: string): void;
}

export function answerRefer(request: Headed, handlers: LegHandlers, way: ReferralWay): void {
  const targets = request.headers['refer-to'] ?? [];
  const target = uriOf(targets[0] ?? '');
  if (targets.length !== 1 || target === '') return way.respond(400, 'Bad Request: expected one Refer-To');
  if (!handlers.onReferred || !isCallable(target)) return way.respond(603, 'Decline');
  way.respond(202, 'Accepted');
  const silent = header(request, 'refer-sub').toLowerCase() === 'false';
  const report = silent ? () => undefined : reporter(Number.parseInt(header(request, 'cseq'), 10), way);
  report(100, 'Trying');
  handlers.onReferred(target.replace(/;method=INVITE(?=[;?]|$)/i, ''), report);
}

/** A plain call: no other method, and no headers that the peer would put into our request. */
function isCallable(target: string): boolean {
  const uri = parseUri(target);
  return uri !== undefined && !uri.parameters.includes('?') && !/;method=(?!INVITE\b)/i.test(uri.parameters);
}

/** One NOTIFY for each status, the last one for the first that is final. */
function reporter(id: number, { notify }: ReferralWay): (status: number, reason: string) => void {
  let over = false;
  return (status, reason) => {
    if (over) return;
    over = status >= 200;
    const state = over ? 'terminated;reason=noresource' : `active;expires=${expiresS}`;
    const headers: HeaderLines = [
      ['Event', `refer;id=${id}`],
      ['Subscription-State', state],
      ['Content-Type', 'message/sipfrag;version=2.0'],
    ];
    notify(headers, `SIP/2.0 ${status} ${reason}\r\n`);
  };
}
