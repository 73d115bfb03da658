/** Voice activity of many calls in one native call: Silero VAD over windows of 512 samples (32 ms at 16 kHz). */
import { loadAddon, type NativeVad } from './addon.js';
import { sileroWeights } from './silero-weights.js';

export const windowSamples = 512;

/** Owns the network of one thread. Collect a window per call, `run` once, read the probabilities. */
export class VoiceActivity {
  readonly #vad: NativeVad = new (loadAddon().Vad)(sileroWeights());
  readonly #slots: Int32Array;
  readonly #windows: Int16Array;
  readonly #probabilities: Float32Array;
  #pending = 0;
  #streams = 0;

  constructor(readonly capacity: number) {
    this.#slots = new Int32Array(capacity);
    this.#windows = new Int16Array(capacity * windowSamples);
    this.#probabilities = new Float32Array(capacity);
  }

  /** Streams open now: what a leak test counts. */
  get streams(): number {
    return this.#streams;
  }

  add(): number {
    this.#streams++;
    return this.#vad.add();
  }

  remove(slot: number): void {
    this.#streams--;
    this.#vad.remove(slot);
  }

  get full(): boolean {
    return this.#pending === this.capacity;
  }

  /** Where the next window goes; `queue` takes it. */
  nextWindow(): Int16Array {
    const start = this.#pending * windowSamples;
    return this.#windows.subarray(start, start + windowSamples);
  }

  /** Returns the index of the window's probability after `run`. */
  queue(slot: number): number {
    this.#slots[this.#pending] = slot;
    return this.#pending++;
  }

  window(index: number): Int16Array {
    return this.#windows.subarray(index * windowSamples, (index + 1) * windowSamples);
  }

  /** Judges all queued windows; the probabilities hold until the next `queue`. */
  run(): Float32Array {
    if (this.#pending > 0) this.#vad.run(this.#slots, this.#windows, this.#probabilities, this.#pending);
    this.#pending = 0;
    return this.#probabilities;
  }
}
