/**
 * Percentiles over a rolling window in bounded memory: logarithmic buckets in a ring of time slices. Time is an
 * argument. A quantile is off by at most half a bucket, some 2.5 %; what lies outside the range counts as its edge.
 */
export interface HistogramOptions {
  /** Length of the window, in milliseconds. */
  windowMs: number;
  /** Slices of the window: it rolls on by one slice at a time. */
  slices: number;
  /** Smallest and largest value that is told apart. */
  least: number;
  most: number;
}

/** Ten minutes of latencies between 0.1 ms and two minutes. */
export const latencyWindow: HistogramOptions = { windowMs: 600_000, slices: 10, least: 0.1, most: 120_000 };

/** Ratio of neighbouring bucket bounds. */
const growth = 1.05;
const logGrowth = Math.log(growth);

export class Histogram {
  readonly #options: HistogramOptions;
  readonly #buckets: number;
  readonly #counts: Uint32Array;
  /** Number of the time slice that each slot holds; -1 for none. */
  readonly #held: Float64Array;
  #count = 0;
  #sum = 0;

  constructor(options: HistogramOptions = latencyWindow) {
    this.#options = options;
    this.#buckets = Math.ceil(Math.log(options.most / options.least) / logGrowth) + 1;
    this.#counts = new Uint32Array(this.#buckets * options.slices);
    this.#held = new Float64Array(options.slices).fill(-1);
  }

  /** Values ever recorded, and their sum: what a counter needs. */
  get count(): number {
    return this.#count;
  }
  get sum(): number {
    return this.#sum;
  }

  record(value: number, atMs: number): void {
    const base = this.#slot(this.#slice(atMs)) * this.#buckets;
    const index = base + this.#bucket(value);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
  }

  /** Value below which the share `quantile` (0..1) of the window lies; undefined when the window is empty. */
  quantile(quantile: number, atMs: number): number | undefined {
    const merged = this.#merge(atMs);
    const total = merged.reduce((sum, count) => sum + count, 0);
    if (total === 0) return undefined;
    const rank = Math.max(1, Math.ceil(quantile * total));
    let seen = 0;
    const bucket = merged.findIndex((count) => {
      seen += count;
      return seen >= rank;
    });
    return this.#middle(bucket);
  }

  /** Values in the window. */
  inWindow(atMs: number): number {
    return this.#merge(atMs).reduce((sum, count) => sum + count, 0);
  }

  #slice(atMs: number): number {
    return Math.floor(atMs / (this.#options.windowMs / this.#options.slices));
  }

  #slot(slice: number): number {
    const slot = slice % this.#options.slices;
    if (this.#held[slot] !== slice) {
      this.#held[slot] = slice;
      this.#counts.fill(0, slot * this.#buckets, (slot + 1) * this.#buckets);
    }
    return slot;
  }

  #merge(atMs: number): number[] {
    const now = this.#slice(atMs);
    const merged = new Array<number>(this.#buckets).fill(0);
    for (const [slot, slice] of this.#held.entries()) {
      if (slice < 0 || slice > now || slice <= now - this.#options.slices) continue;
      for (let bucket = 0; bucket < this.#buckets; bucket++)
        merged[bucket] = (merged[bucket] ?? 0) + (this.#counts[slot * this.#buckets + bucket] ?? 0);
    }
    return merged;
  }

  #bucket(value: number): number {
    if (!(value > this.#options.least)) return 0;
    const bucket = Math.ceil(Math.log(value / this.#options.least) / logGrowth);
    return Math.min(bucket, this.#buckets - 1);
  }

  /** Geometric middle of a bucket; bucket 0 is everything up to `least`. */
  #middle(bucket: number): number {
    return bucket === 0 ? 0 : this.#options.least * growth ** (bucket - 0.5);
  }
}
