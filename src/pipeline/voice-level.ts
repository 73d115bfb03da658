/**
 * Voices of one loudness: each is brought to the same level by what is known of it so far, peaks are bent under full
 * scale, and a sentence begins and ends at zero. Pure; samples are floats in -1..1.
 */

/** Power is looked at in steps of this length; what is quieter than a tenth of the loudest step is a gap. */
const stepMs = 20;
const gapRatio = 0.1;
/** How much a new sentence tells of its voice. */
const newShare = 0.2;
/** No voice is changed by more than 12 dB either way. */
const gainLimit = 4;
/** From here on peaks are bent: -2 dB. */
const knee = 0.8;
const fadeInMs = 2;
const fadeOutMs = 5;

/** Power of the speech in it, gaps left out (in the sense of ITU-T P.56, simplified); 0 for silence. */
export function activePower(samples: Float32Array, rateHz: number): number {
  const step = Math.max(1, Math.round((rateHz * stepMs) / 1000));
  const powers: number[] = [];
  for (let at = 0; at + step <= samples.length; at += step) powers.push(powerOf(samples.subarray(at, at + step)));
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  const active = powers.filter((power) => power > loudest * gapRatio);
  return active.length === 0 ? 0 : active.reduce((sum, power) => sum + power, 0) / active.length;
}

const powerOf = (samples: Float32Array): number =>
  samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;

/** Below the knee nothing changes; above it the curve nears full scale and never reaches it. */
const limited = (sample: number): number => {
  const size = Math.abs(sample);
  if (size <= knee) return sample;
  return Math.sign(sample) * (knee + (1 - knee) * Math.tanh((size - knee) / (1 - knee)));
};

/** One voice. `levelDb` is the level of its speech under full scale; 0 leaves it as it is. */
export class VoiceLevel {
  #power: number | undefined;

  constructor(readonly levelDb: number) {}

  /** The sentence at the voice's level. */
  even(samples: Float32Array, rateHz: number): Float32Array {
    const gain = this.#gain(activePower(samples, rateHz));
    return gain === 1 ? samples : samples.map((sample) => limited(sample * gain));
  }

  #gain(power: number): number {
    if (this.levelDb === 0 || power === 0) return 1;
    this.#power = this.#power === undefined ? power : this.#power * (1 - newShare) + power * newShare;
    const wanted = 10 ** (this.levelDb / 20) / Math.sqrt(this.#power);
    return Math.min(gainLimit, Math.max(1 / gainLimit, wanted));
  }
}

/** Ramps at both ends, in place, so that no join clicks. */
export function fadeEdges(samples: Int16Array, rateHz: number): Int16Array {
  const ramp = (ms: number): number => Math.min(samples.length, Math.round((rateHz * ms) / 1000));
  const [rise, fall] = [ramp(fadeInMs), ramp(fadeOutMs)];
  for (let at = 0; at < rise; at++) samples[at] = Math.round(((samples[at] ?? 0) * at) / rise);
  for (let at = 0; at < fall; at++) {
    const from = samples.length - 1 - at;
    samples[from] = Math.round(((samples[from] ?? 0) * at) / fall);
  }
  return samples;
}
