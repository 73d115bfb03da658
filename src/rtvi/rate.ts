/** How often a client may send: a bucket of tokens that refills with time. The time is an argument. */
export type Verdict = 'pass' | 'refuse' | 'flood';

export interface RateOptions {
  /** Messages a second in the long run. */
  perSecond: number;
  /** Messages at once. */
  burst: number;
  /** Refused messages after which it is a flood; they are forgiven as fast as messages pass. */
  patience: number;
}

export const clientRate: RateOptions = { perSecond: 50, burst: 200, patience: 500 };

export class RateLimit {
  readonly #options: RateOptions;
  #tokens: number;
  #atMs: number;
  #refused = 0;

  constructor(options: RateOptions, nowMs: number) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#atMs = nowMs;
  }

  /** Whether the next one would be refused. */
  spent(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens < 1;
  }

  #refill(nowMs: number): void {
    const { perSecond, burst } = this.#options;
    const earned = ((nowMs - this.#atMs) * perSecond) / 1000;
    this.#tokens = Math.min(burst, this.#tokens + earned);
    this.#refused = Math.max(0, this.#refused - earned);
    this.#atMs = nowMs;
  }

  take(nowMs: number): Verdict {
    this.#refill(nowMs);
    const { patience } = this.#options;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 'pass';
    }
    this.#refused += 1;
    return this.#refused > patience ? 'flood' : 'refuse';
  }
}
