/** A peer asks us to call somebody (RFC 3515): the answer to its REFER, and the NOTIFYs that tell how the call goes. */
import type { LegHandlers } from '../leg.js';
import { cseqOf, header, uriOf } from './headers.js';
import type { Serving } from './serving.js';
import { parseUri } from './uri.js';
import type { Content } from './user-agent.js';

/** How long a telephone may ring, as a subscription: 3 minutes. */
const expiresS = 180;

/** `notify` sends a NOTIFY in the dialog. */
export function answerRefer(serving: Serving, handlers: LegHandlers, notify: (content: Content) => void): void {
  const { request } = serving;
  const targets = request.headers['refer-to'] ?? [];
  const target = uriOf(targets[0] ?? '');
  if (targets.length !== 1 || target === '') return serving.respond(400, 'Bad Request: expected one Refer-To');
  if (!handlers.onReferred || !isCallable(target)) return serving.respond(603, 'Decline');
  serving.respond(202, 'Accepted');
  const silent = header(request, 'refer-sub').toLowerCase() === 'false';
  const report = silent ? () => undefined : reporter(cseqOf(request).number, notify);
  report(100, 'Trying');
  handlers.onReferred(target.replace(/;method=INVITE(?=[;?]|$)/i, ''), report);
}

/** A plain call: no other method, and no headers that the peer would put into our request. */
function isCallable(target: string): boolean {
  const uri = parseUri(target);
  return uri !== undefined && !uri.parameters.includes('?') && !/;method=(?!INVITE\b)/i.test(uri.parameters);
}

/** One NOTIFY for each status, the last one for the first that is final. */
function reporter(id: number, notify: (content: Content) => void): (status: number, reason: string) => void {
  let over = false;
  return (status, reason) => {
    if (over) return;
    over = status >= 200;
    const state = over ? 'terminated;reason=noresource' : `active;expires=${expiresS}`;
    notify({
      headers: [
        ['Event', `refer;id=${id}`],
        ['Subscription-State', state],
        ['Content-Type', 'message/sipfrag;version=2.0'],
      ],
      body: `SIP/2.0 ${status} ${reason}\r\n`,
    });
  };
}
