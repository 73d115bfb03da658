/** A spoken ring that is played by hand: what the media thread does to its words, one step at a time. */
import { spokenLayout as S } from '../../src/media/ring-layout.js';
import { distance, SpokenRing } from '../../src/media/sample-ring.js';

export class PlayedRing {
  readonly buffer = new SharedArrayBuffer(S.bytes);
  readonly ring = new SpokenRing(this.buffer);
  readonly #words = new Uint32Array(this.buffer, 0, S.samples / 4);
  #nowNs = 1_000_000_000n;

  #load(offset: number): number {
    return Atomics.load(this.#words, offset / 4);
  }
  #store(offset: number, value: number): void {
    Atomics.store(this.#words, offset / 4, value);
  }

  /** Plays up to so many samples, as one long tick; returns how many there were. */
  play(samples: number): number {
    this.#nowNs += 20_000_000n;
    const discardTo = this.#load(S.discardTo);
    if (distance(this.#load(S.read), discardTo) > 0) this.#store(S.read, discardTo);
    if (this.#load(S.paused) === 1) return 0;
    const from = this.#load(S.read);
    const count = Math.min(samples, distance(from, this.#load(S.write)));
    const to = (from + count) >>> 0;
    this.#timeMark(from, to);
    this.#store(S.read, to);
    if (count > 0) this.#store(S.played, to);
    return count;
  }

  #timeMark(from: number, to: number): void {
    const mark = this.#load(S.markPosition);
    const inside = distance(from, mark) >= 0 && distance(mark, to) > 0;
    if (!inside || this.#load(S.markDone) === this.#load(S.markSequence)) return;
    new BigInt64Array(this.buffer, S.markNs, 1)[0] = this.#nowNs;
    this.#store(S.markDone, this.#load(S.markSequence));
  }

  get nowNs(): bigint {
    return this.#nowNs;
  }
}
