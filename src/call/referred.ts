/** A call that a peer asks us to make (REFER): how it goes is told by SIP statuses (RFC 3515, 2.4.5). */
import type { ErrorCode } from '../errors.js';
import type { CallProgress } from '../signalling/leg.js';
import type { CallDirectory } from './control.js';
import { codeOf } from './refusal.js';

type Report = (status: number, reason: string) => void;

const statuses: Partial<Record<ErrorCode, [number, string]>> = {
  CALL_BUSY: [486, 'Busy Here'],
  CALL_NO_ANSWER: [480, 'Temporarily Unavailable'],
  SIP_REFUSED: [603, 'Decline'],
};

export async function answerReferral(
  calls: Pick<CallDirectory, 'place'>,
  destination: string,
  report: Report,
): Promise<void> {
  const onProgress = (stage: CallProgress) => void (stage === 'ringing' && report(180, 'Ringing'));
  try {
    await calls.place({ destination }, 'refer', { onProgress });
    report(200, 'OK');
  } catch (thrown) {
    report(...(statuses[codeOf(thrown)] ?? [503, 'Service Unavailable']));
  }
}
