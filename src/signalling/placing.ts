/** What the answers to a call that we place mean, whoever places it for us. */
import { fault, type OavcError } from '../errors.js';
import type { CallProgress } from './leg.js';

/** How long a telephone may ring: proxies give up then too (RFC 3261, timer C). */
export const ringLimitMs = 180_000;

/** Stage of a provisional status; `sdp` is its description. */
export function progressOf(status: number, sdp: string): CallProgress {
  if (status === 100) return 'trying';
  if (status === 181) return 'forwarded';
  if (status === 182) return 'queued';
  return sdp === '' ? 'ringing' : 'early-media';
}

/** The error for a final status that is no 2xx (RFC 3261, 21.4 to 21.6). */
export function refusalOf(status: number, reason: string): OavcError {
  if (status === 486 || status === 600) return fault('CALL_BUSY', status, reason);
  if (status === 408 || status === 480) return fault('CALL_NO_ANSWER', `${status} ${reason}`);
  return fault('SIP_REFUSED', 'INVITE', status, reason);
}

export const rangTooLong = (limitMs: number): OavcError =>
  fault('CALL_NO_ANSWER', `it rang for ${Math.round(limitMs / 1000)} s`);

export const givenUp = (): OavcError => fault('CALL_CANCELLED', 'by who placed it');

/** Tells each stage once. */
export function progressTeller(onProgress: ((progress: CallProgress) => void) | undefined) {
  const told = new Set<CallProgress>();
  return (progress: CallProgress): void => {
    if (told.has(progress)) return;
    told.add(progress);
    onProgress?.(progress);
  };
}
