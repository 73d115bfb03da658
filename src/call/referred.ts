/** A call that a peer asks us to make (REFER): how it goes is told by SIP statuses (RFC 3515, 2.4.5). */
import type { Config } from '../config/schema.js';
import type { ErrorCode } from '../errors.js';
import type { CallProgress } from '../signalling/leg.js';
import type { CallDirectory } from './control.js';
import { codeOf } from './refusal.js';
import { transferTarget } from './transfer-target.js';

type Report = (status: number, reason: string) => void;

const statuses: Partial<Record<ErrorCode, [number, string]>> = {
  CALL_BUSY: [486, 'Busy Here'],
  CALL_NO_ANSWER: [480, 'Temporarily Unavailable'],
  SIP_REFUSED: [603, 'Decline'],
  TRANSFER_REFUSED: [403, 'Forbidden'],
};

/** Calls `target`, where `[transfer] allow` lets calls go. */
export async function answerReferral(
  calls: Pick<CallDirectory, 'place'>,
  config: Config,
  target: string,
  report: Report,
): Promise<void> {
  const onProgress = (stage: CallProgress) => void (stage === 'ringing' && report(180, 'Ringing'));
  try {
    await calls.place({ destination: transferTarget(config, target, '') }, 'refer', { onProgress });
    report(200, 'OK');
  } catch (thrown) {
    report(...(statuses[codeOf(thrown)] ?? [503, 'Service Unavailable']));
  }
}
