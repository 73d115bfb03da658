/** How long this caller pauses inside his turns: the base silence of the adaptive strategy, learnt while he speaks. */

export interface PauseBounds {
  /** What is taken for the base until he has paused. */
  silenceMs: number;
  leastMs: number;
  mostMs: number;
}

/** The newest pauses that count. */
const remembered = 12;
/** Pauses that the configured silence weighs as much as. */
const priorPauses = 3;
/** His longest usual pause must fit in with this to spare. */
const marginMs = 150;

export class CallerPauses {
  #pausesMs: number[] = [];

  constructor(readonly bounds: PauseBounds) {}

  get count(): number {
    return this.#pausesMs.length;
  }

  /** He paused so long, and then went on. */
  add(pauseMs: number): void {
    this.#pausesMs = [...this.#pausesMs, Math.min(pauseMs, this.bounds.mostMs)].slice(-remembered);
  }

  /** Silence that is rarely a pause of this caller. */
  get baseMs(): number {
    const { silenceMs, leastMs, mostMs } = this.bounds;
    const count = this.#pausesMs.length;
    if (count === 0) return silenceMs;
    const ownMs = quantile(this.#pausesMs, 0.9) + marginMs;
    const mixed = (priorPauses * silenceMs + count * ownMs) / (priorPauses + count);
    return Math.max(leastMs, Math.min(mostMs, mixed));
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}
