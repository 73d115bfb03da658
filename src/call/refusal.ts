/** What whoever calls is told when a call cannot be served: status, reason phrase, and when to try again. */
import type { Config } from '../config/schema.js';
import { type ErrorCode, OavcError } from '../errors.js';

export interface Refusal {
  status: number;
  reason: string;
  /** Value of Retry-After; undefined for none. */
  retryAfterS?: number;
}

const statuses: Partial<Record<ErrorCode, number>> = {
  SDP_UNACCEPTABLE: 488,
  PORTS_EXHAUSTED: 503,
  MEDIA_ADDRESS: 503,
  CALL_LIMIT: 503,
  ANSWERS_LATE: 503,
  WORKER_DIED: 503,
  ENGINE_FAILED: 503,
  ENGINE_TIMEOUT: 503,
  SHUTTING_DOWN: 503,
};
const phrases: Readonly<Record<number, string>> = {
  486: 'Busy Here',
  488: 'Not Acceptable Here',
  500: 'Server Internal Error',
  503: 'Service Unavailable',
};
/** No room now, but perhaps soon: what `[call] full_status` is the status of. */
const full: readonly ErrorCode[] = ['PORTS_EXHAUSTED', 'CALL_LIMIT', 'ANSWERS_LATE'];

export const codeOf = (thrown: unknown): ErrorCode => (thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED');

export function refusalFor(thrown: unknown, { call }: Config): Refusal {
  const code = codeOf(thrown);
  const status = full.includes(code) ? Number(call.full_status) : (statuses[code] ?? 500);
  const reason = phrases[status] ?? '';
  return status === 503 && call.retry_after_s > 0
    ? { status, reason, retryAfterS: call.retry_after_s }
    : { status, reason };
}
