/** The session timer of one call: asks for the refresh or the end when they are due (RFC 4028, 10). */
import type { Alarms, CancelAlarm } from './alarms.js';
import { dueAfterMs, type SessionTerms } from './session-timer.js';

export interface SessionDeeds {
  refresh(): void;
  /** Nobody refreshed: the call is over. */
  expire(): void;
}

export class SessionClock {
  #cancel: CancelAlarm = () => undefined;
  #terms: SessionTerms | undefined;

  constructor(
    readonly alarms: Alarms,
    readonly deeds: SessionDeeds,
  ) {}

  get refresher(): SessionTerms['refresher'] | undefined {
    return this.#terms?.refresher;
  }

  /** The session lives from now for so long; undefined for ever. */
  renew(terms: SessionTerms | undefined): void {
    this.#cancel();
    this.#terms = terms;
    if (!terms) return;
    const due = terms.refresher === 'us' ? this.deeds.refresh : this.deeds.expire;
    this.#cancel = this.alarms.set(dueAfterMs(terms), () => due());
  }

  /** A refresh of ours was refused, but the call stands: it ends when its time is over. */
  lapse(): void {
    this.#cancel();
    const { intervalS } = this.#terms ?? { intervalS: 0 };
    this.#cancel = this.alarms.set(1000 * (intervalS / 2 - Math.min(32, intervalS / 3)), () => this.deeds.expire());
  }

  stop(): void {
    this.#cancel();
  }
}
