/** Brings a supervisor's voice to the line rate and into his ring, of which this is the only writer. */
import { loadAddon, type NativeResampler } from './addon.js';
import type { SpokenRing } from './sample-ring.js';

/** More is not kept: what he says would come later and later. */
const mostWaitingMs = 500;
/** Silence before the first of it: frames from a network come early and late. */
const cushionMs = 60;

/** One a call; for one speaker after the other. */
export class SupervisorVoice {
  readonly #resamplers = new Map<number, NativeResampler>();
  #rateHz = 0;
  #dropped = 0;

  constructor(
    readonly ring: SpokenRing,
    readonly lineRateHz: number,
  ) {}

  /** Of what came while too much was waiting. */
  get droppedMs(): number {
    return Math.round((this.#dropped * 1000) / this.lineRateHz);
  }

  /** Appends int16 samples at `rateHz`, 8000 to 48000. */
  speak(samples: Int16Array, rateHz: number): void {
    const begins = this.ring.waiting === 0;
    const converted = this.#convert(samples, rateHz, begins);
    if (begins) this.#write(new Int16Array(this.#samplesOf(cushionMs)));
    const room = Math.max(0, this.#samplesOf(mostWaitingMs) - this.ring.waiting);
    this.#write(converted.subarray(0, room));
    this.#dropped += Math.max(0, converted.length - room);
  }

  #write(samples: Int16Array): void {
    this.ring.write(samples, this.ring.epoch);
  }

  #samplesOf(ms: number): number {
    return (this.lineRateHz * ms) / 1000;
  }

  #convert(samples: Int16Array, rateHz: number, begins: boolean): Int16Array {
    if (rateHz === this.lineRateHz) return samples;
    const resampler = this.#resamplers.get(rateHz) ?? new (loadAddon().Resampler)(rateHz, this.lineRateHz);
    this.#resamplers.set(rateHz, resampler);
    if (begins || rateHz !== this.#rateHz) resampler.reset();
    this.#rateHz = rateHz;
    const output = new Int16Array(resampler.outputBound(samples.length));
    return output.subarray(0, resampler.process(samples, output));
  }
}
