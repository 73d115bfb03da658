/** Where a frame spends its time between two sockets, as the speech worker sees it. */
import type { HeardRing, SpokenRing } from '../../src/media/sample-ring.js';
import type { Metrics } from '../bench.js';

const kept = 200_000;

/** Nanoseconds, the newest of them. */
export class Times {
  readonly #values = new Float64Array(kept);
  #count = 0;

  add(ns: bigint): void {
    this.#values[this.#count++ % kept] = Number(ns);
  }
  clear(): void {
    this.#count = 0;
  }
  at(share: number): number {
    const sorted = this.#values.slice(0, Math.min(kept, this.#count)).sort();
    return sorted[Math.floor(sorted.length * share)] ?? 0;
  }
}

/** One call's place in the record: its mark under way. */
export interface Marked {
  heard: HeardRing;
  spoken: SpokenRing;
  /** When the marked sample was written; 0n while none is. */
  markedNs: bigint;
  sequence: number;
}

export class HopRecord {
  readonly #playout = new Times();
  readonly #wake = new Times();
  readonly #sending = new Times();

  clear(): void {
    for (const times of [this.#playout, this.#wake, this.#sending]) times.clear();
  }

  /** Before a frame is read. */
  heard({ heard }: Marked): void {
    const { arrivalNs, playoutNs } = heard.stampAt(heard.position);
    this.#wake.add(process.hrtime.bigint() - playoutNs);
    if (arrivalNs > 0n) this.#playout.add(playoutNs - arrivalNs);
  }

  /** Before a frame is written. */
  speaks(call: Marked): void {
    const sentNs = call.spoken.markedNs(call.sequence);
    if (call.markedNs > 0n && sentNs === undefined) return;
    if (call.markedNs > 0n && sentNs !== undefined) this.#sending.add(sentNs - call.markedNs);
    call.markedNs = process.hrtime.bigint();
    call.spoken.mark(call.spoken.written, ++call.sequence);
  }

  read(): Metrics {
    return {
      'arrival to playout p50 ms': this.#playout.at(0.5) / 1e6,
      'arrival to playout p99 ms': this.#playout.at(0.99) / 1e6,
      'playout to speech worker p50 us': this.#wake.at(0.5) / 1e3,
      'playout to speech worker p99 us': this.#wake.at(0.99) / 1e3,
      'written to sent p50 ms': this.#sending.at(0.5) / 1e6,
      'written to sent p99 ms': this.#sending.at(0.99) / 1e6,
    };
  }
}
