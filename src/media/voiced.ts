/**
 * Which samples are voiced, by energy: the one judge for "the last of the caller's speech" on both ends of a call,
 * so that the ledger's sum and what the caller measures on the wire mean the same.
 */

/** Judged in steps of 10 ms. */
export const stepMs = 10;
/** Quieter than this is never voiced (int16; about -50 dBFS). */
export const floorRms = 100;
/** Quieter than this share of the loudest step of the utterance (-30 dB) is not voiced. */
export const peakShare = 0.032;

/** Root mean square of `samples[from..to)`, in int16 units. */
export function rms(samples: Int16Array, from = 0, to = samples.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) {
    const sample = samples[i] ?? 0;
    sum += sample * sample;
  }
  return to > from ? Math.sqrt(sum / (to - from)) : 0;
}

/** True when a step of this energy counts as voiced in an utterance whose loudest step is `peakRms`. */
export const isVoiced = (stepRms: number, peakRms: number): boolean =>
  stepRms >= Math.max(floorRms, peakRms * peakShare);

/** Energy of each whole step of `samples`. */
function stepEnergies(samples: Int16Array, rateHz: number): { step: number; energies: number[] } {
  const step = Math.round((rateHz * stepMs) / 1000);
  const energies: number[] = [];
  for (let at = 0; at + step <= samples.length; at += step) energies.push(rms(samples, at, at + step));
  return { step, energies };
}

/** Index after the last voiced sample; 0 when none is. */
export function voicedEnd(samples: Int16Array, rateHz: number): number {
  const { step, energies } = stepEnergies(samples, rateHz);
  const peak = Math.max(0, ...energies);
  return (energies.findLastIndex((energy) => isVoiced(energy, peak)) + 1) * step;
}

/** Index of the first voiced sample; the length when none is. */
export function voicedStart(samples: Int16Array, rateHz: number): number {
  const { step, energies } = stepEnergies(samples, rateHz);
  const peak = Math.max(0, ...energies);
  const first = energies.findIndex((energy) => isVoiced(energy, peak));
  return first < 0 ? samples.length : first * step;
}
