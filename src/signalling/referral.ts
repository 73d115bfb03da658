/**
 * How a blind transfer goes on (RFC 3515): the answer to REFER, then NOTIFYs that report the new call, or a BYE from a
 * peer that says no more. Pure: what happens is told, the time too; the outcome is read.
 */
import type { LegTransfer } from './leg.js';

/** Longest wait for the last NOTIFY: as long as a telephone may ring. */
const notifyLimitMs = 60_000;
/** Longest wait for the answer to REFER: a transaction lives 32 s (RFC 3261, timer F). */
const answerLimitMs = 33_000;

export class Referral {
  #outcome: LegTransfer | undefined;
  #last: { status: number; reason: string } | undefined;
  #dueMs: number;

  /** REFER is sent now. */
  constructor(nowMs: number) {
    this.#dueMs = nowMs + answerLimitMs;
  }

  /** Undefined while it is not decided. */
  get outcome(): LegTransfer | undefined {
    return this.#outcome;
  }

  /** When `late` must be called, if nothing comes before. */
  get dueMs(): number {
    return this.#outcome ? Number.POSITIVE_INFINITY : this.#dueMs;
  }

  /** The final answer to REFER; status 408 when none came. */
  answered(status: number, reason: string, nowMs: number): void {
    if (status >= 300) this.#decide(false, status, reason);
    this.#last = { status, reason };
    this.#dueMs = nowMs + notifyLimitMs;
  }

  /** A NOTIFY: `body` is a status line (message/sipfrag), `subscription` the value of Subscription-State. */
  notified(body: string, subscription: string): void {
    const [, digits, reason = ''] = /^SIP\/2\.0 (\d{3})(?: ([^\r\n]*))?/m.exec(body) ?? [];
    const status = Number(digits ?? 0);
    if (status > 0) this.#last = { status, reason: reason.trim() };
    if (status >= 200) this.#decide(status < 300, status, reason.trim());
    else if (/^terminated\b/i.test(subscription)) this.#decide(false, status, 'the report ended before the call did');
  }

  /** The dialog is over: after an accepted REFER that is how many peers say that they went. */
  ended(): void {
    const { status = 0, reason = 'the call ended' } = this.#last ?? {};
    this.#decide(status >= 100 && status < 300, status, reason);
  }

  /** The time is over and nothing decided it. */
  late(): void {
    this.#decide(false, 408, this.#last ? 'no report of the transfer came' : 'REFER was not answered');
  }

  #decide(success: boolean, status: number, reason: string): void {
    this.#outcome ??= { success, status, reason };
  }
}
