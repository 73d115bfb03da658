/** A transfer under way: the promise and the one timer around a Referral. */
import { monotonicNs } from '../clock.js';
import type { LegTransfer } from './leg.js';
import { Referral } from './referral.js';

const nowMs = (): number => Number(monotonicNs()) / 1e6;

export class Transfer {
  readonly #referral = new Referral(nowMs());
  #settle: (outcome: LegTransfer) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Resolves once, with how it went. */
  readonly outcome = new Promise<LegTransfer>((resolve) => {
    this.#settle = resolve;
  });

  get undecided(): boolean {
    return this.#referral.outcome === undefined;
  }

  constructor() {
    this.#look();
  }

  /** The final answer to REFER; 408 when none came. */
  answered(status: number, reason: string): void {
    this.#referral.answered(status, reason, nowMs());
    this.#look();
  }

  notified(body: string, subscription: string): void {
    this.#referral.notified(body, subscription);
    this.#look();
  }

  /** The dialog is over. Returns whether that means that the peer went where it was sent. */
  ended(): boolean {
    this.#referral.ended();
    this.#look();
    return this.#referral.outcome?.success ?? false;
  }

  #look(): void {
    clearTimeout(this.#timer);
    const { outcome, dueMs } = this.#referral;
    if (outcome) this.#settle(outcome);
    else if (Number.isFinite(dueMs)) this.#timer = setTimeout(() => this.#late(), Math.max(0, dueMs - nowMs()));
  }

  #late(): void {
    this.#referral.late();
    this.#look();
  }
}
