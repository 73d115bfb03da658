/** Voice activity of many calls in one native call: Silero VAD over windows of 512 samples (32 ms at 16 kHz). */
import { loadAddon, type NativeVad } from './addon.js';
import { sileroWeights } from './silero-weights.js';

export const windowSamples = 512;

/** 992 ms. */
const staleWindows = 31;

/**
 * Owns the network of one thread. Collect a window per call, `run` once, read the probabilities.
 *
 * After each second of quiet a stream begins anew. The network's memory of a long call makes it slow: speech after some
 * seconds of silence was noticed 149 ms after its first sound (p95 394 ms, one word in sixty never), with a fresh memory
 * 55 ms (p95 154 ms; 26 sentences of espeak's voices in two languages, µ-law, bench/conversation's among them). Noise,
 * coughs, keys and music start speech no more often; a buzz as of a vowel does, as it does on every new call.
 */
export class VoiceActivity {
  readonly #vad: NativeVad = new (loadAddon().Vad)(sileroWeights());
  readonly #slots: Int32Array;
  readonly #windows: Int16Array;
  readonly #probabilities: Float32Array;
  /** Quiet windows of each stream since it began, or was heard. */
  readonly #quietWindows: number[] = [];
  #pending = 0;
  #streams = 0;

  /** A window whose probability is below `quietBelow` is quiet. */
  constructor(
    readonly capacity: number,
    readonly quietBelow = 0.35,
  ) {
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
    const slot = this.#vad.add();
    this.#quietWindows[slot] = 0;
    return slot;
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
    for (let index = 0; index < this.#pending; index++) this.#refresh(index);
    this.#pending = 0;
    return this.#probabilities;
  }

  #refresh(index: number): void {
    const slot = this.#slots[index] ?? 0;
    const isQuiet = (this.#probabilities[index] ?? 0) < this.quietBelow;
    const quiet = isQuiet ? (this.#quietWindows[slot] ?? 0) + 1 : 0;
    if (quiet === staleWindows) this.#vad.reset(slot);
    this.#quietWindows[slot] = quiet % staleWindows;
  }
}
