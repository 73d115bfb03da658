/** Has the pauses of one call judged by a model: keeps what was heard, and passes on what is still about this pause. */
import type { TurnEngine } from '../../engines/engine.js';

export class PauseModel {
  readonly #samples: Int16Array;
  #written = 0;
  #pause = 0;
  /** Of the pause that is being heard; undefined while the model has not answered. */
  #completion: number | undefined;

  constructor(
    readonly engine: TurnEngine,
    readonly onCompletion: (probability: number) => void,
  ) {
    this.#samples = new Int16Array(engine.windowSamples);
  }

  get completion(): number | undefined {
    return this.#completion;
  }

  hear(window: Int16Array): void {
    const start = this.#written % this.#samples.length;
    const head = Math.min(window.length, this.#samples.length - start);
    this.#samples.set(window.subarray(0, head), start);
    if (head < window.length) this.#samples.set(window.subarray(head), 0);
    this.#written += window.length;
  }

  /** The caller paused after so much of a turn. A model that fails leaves the turn to its words. */
  paused(turnSamples: number): void {
    const pause = ++this.#pause;
    this.#completion = undefined;
    this.engine
      .completion(this.#last(turnSamples))
      .then((probability) => this.#judged(pause, probability))
      .catch(() => undefined);
  }

  /** He speaks again: what is thought of the pause is of no use. */
  resumed(): void {
    this.#pause++;
    this.#completion = undefined;
  }

  #judged(pause: number, probability: number | undefined): void {
    if (pause !== this.#pause || probability === undefined) return;
    this.#completion = probability;
    this.onCompletion(probability);
  }

  /** A copy of the newest samples. */
  #last(samples: number): Int16Array {
    const size = this.#samples.length;
    const count = Math.max(0, Math.min(samples, size, this.#written));
    const from = (this.#written - count) % size;
    const out = new Int16Array(count);
    const head = Math.min(count, size - from);
    out.set(this.#samples.subarray(from, from + head));
    if (head < count) out.set(this.#samples.subarray(0, count - head), head);
    return out;
  }
}
