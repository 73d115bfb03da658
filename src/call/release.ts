/** The end of a call: what it holds is given back, whatever fails on the way, and only then is its end told. */
import { reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import type { CallMedia } from '../media/session.js';
import type { EventBody } from '../pipeline/events.js';
import type { Leg } from '../signalling/leg.js';
import { unhandled } from '../signalling/reoffer.js';
import type { CallEnd } from './call-machine.js';
import type { Conversation } from './conversation.js';
import type { MediaWatch } from './media-watch.js';
import type { Refusal } from './refusal.js';

export interface CallParts {
  leg: Leg;
  media: CallMedia;
  conversation: Conversation;
  watch: MediaWatch;
  log: Log;
  emit(body: EventBody): void;
}

/** Resolves when all is given back; never rejects. A call that was not answered has no quality to tell. */
export async function release(parts: CallParts, end: CallEnd, answered: boolean): Promise<void> {
  const quality = parts.watch.end();
  const leg = end.legOver ? undefined : letGo(parts.leg, answered ? undefined : end.refusal);
  for (const step of await Promise.allSettled([leg, parts.conversation.detach(), parts.media.close()])) {
    if (step.status === 'rejected')
      parts.log.error({ callId: parts.leg.key, reason: reasonOf(step.reason) }, 'release failed');
  }
  // Signalling remembers a leg for as long as a request may come again; the call is not to stay with it.
  parts.leg.handle(unhandled);
  parts.media.wipe();
  if (!answered) return tellUnanswered(parts, end);
  parts.emit({ type: 'media-quality', quality });
  parts.emit({ type: 'call-ended', reason: end.reason, detail: end.detail });
}

function letGo(leg: Leg, refusal: Refusal | undefined): Promise<void> {
  if (!refusal) return leg.hangup();
  return leg.refuse(refusal.status, refusal.reason, refusal.retryAfterS);
}

function tellUnanswered({ leg, emit }: CallParts, { reason, detail, refusal, legOver }: CallEnd): void {
  const { from, to, direction } = leg;
  const status = refusal?.status ?? (legOver ? 487 : 480);
  emit({ type: 'call-unanswered', from, to, direction, reason, status, detail });
}
