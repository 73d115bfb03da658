/**
 * Wrong tokens by address: whoever gives too many waits, also with a right one, so that nobody can guess. Bounded: the
 * address that failed longest ago is forgotten first. The time is an argument.
 */
import { RateLimit } from '../rtvi/rate.js';

/** Twenty at once, then one each second: a client with an old token is not locked out, a guesser gets nowhere. */
const failureRate = { perSecond: 1, burst: 20, patience: Number.POSITIVE_INFINITY };
const addressLimit = 1000;

export class Attempts {
  readonly #failures = new Map<string, RateLimit>();

  /** True while the address has to wait. */
  blocked(address: string, nowMs: number): boolean {
    return this.#failures.get(address)?.spent(nowMs) ?? false;
  }

  failed(address: string, nowMs: number): void {
    const limit = this.#failures.get(address) ?? new RateLimit(failureRate, nowMs);
    limit.take(nowMs);
    this.#failures.delete(address);
    this.#failures.set(address, limit);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > addressLimit && oldest !== undefined) this.#failures.delete(oldest);
  }
}
