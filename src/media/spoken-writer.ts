/** Brings a voice's audio to the line rate and into the spoken ring: the ring's only writer. */
import type { NativeResampler } from './addon.js';
import { loadAddon } from './addon.js';
import type { SpokenRing } from './sample-ring.js';

const toInt16 = (samples: Float32Array): Int16Array =>
  Int16Array.from(samples, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32767))));

/** One a call. Sentences follow one another: `convert` each whole, then `write` it. */
export class SpokenWriter {
  readonly #resamplers = new Map<number, NativeResampler>();

  constructor(
    readonly ring: SpokenRing,
    readonly lineRateHz: number,
  ) {}

  /** Float samples in -1..1 at `rateHz` → int16 at the line rate, the filter's tail included. */
  convert(samples: Float32Array, rateHz: number): Int16Array {
    const input = toInt16(samples);
    if (rateHz === this.lineRateHz) return input;
    const resampler = this.#resampler(rateHz);
    resampler.reset();
    const output = new Int16Array(resampler.outputBound(input.length) + resampler.outputBound(1024));
    const count = resampler.process(input, output);
    return output.subarray(0, count + resampler.flush(output.subarray(count)));
  }

  #resampler(rateHz: number): NativeResampler {
    const known = this.#resamplers.get(rateHz);
    if (known) return known;
    const made = new (loadAddon().Resampler)(rateHz, this.lineRateHz);
    this.#resamplers.set(rateHz, made);
    return made;
  }

  /**
   * Writes everything, waiting for room when the ring is full; false when a discard ended the epoch meanwhile.
   * `wait` resolves when it is time to look for room again.
   */
  async write(samples: Int16Array, epoch: number, wait: () => Promise<void>): Promise<boolean> {
    for (let at = 0; at < samples.length; ) {
      const count = this.ring.write(samples.subarray(at), epoch);
      if (count < 0) return false;
      at += count;
      if (at < samples.length) await wait();
    }
    return true;
  }
}
