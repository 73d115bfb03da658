/**
 * How often each address may begin something: a bucket of tokens each, in a table of bounded size. Time is an
 * argument.
 */
export interface SourceRate {
  /** Requests a second in the long run. */
  perSecond: number;
  /** Requests at once. */
  burst: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Addresses that are remembered; of more the one heard of least recently is forgotten. */
const maxSources = 4096;

export class SourceRates {
  readonly #buckets = new Map<string, Bucket>();

  constructor(readonly rate: SourceRate) {}

  get size(): number {
    return this.#buckets.size;
  }

  /** True when this address may; false when it asks too often. */
  take(ip: string, nowMs: number): boolean {
    const { perSecond, burst } = this.rate;
    const { tokens, atMs } = this.#buckets.get(ip) ?? { tokens: burst, atMs: nowMs };
    const filled = Math.min(burst, tokens + ((nowMs - atMs) * perSecond) / 1000);
    const may = filled >= 1;
    // Set anew, so that the table is in the order of use.
    this.#buckets.delete(ip);
    this.#buckets.set(ip, { tokens: may ? filled - 1 : filled, atMs: nowMs });
    this.#forget();
    return may;
  }

  /** Its bucket is full again: it is no stranger. */
  forgive(ip: string): void {
    this.#buckets.delete(ip);
  }

  #forget(): void {
    for (const ip of this.#buckets.keys()) {
      if (this.#buckets.size <= maxSources) return;
      this.#buckets.delete(ip);
    }
  }
}
