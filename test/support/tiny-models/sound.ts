/** Sounds for the tiny models, int16 at 16 kHz. */

const RATE_HZ = 16000;
const FADE_SAMPLES = 0.03 * RATE_HZ;

const PITCH_HZ = 125;
const HIGHEST_HZ = 3500;

/**
 * A buzz whose harmonics fall off (`low`, dull) or grow (`high`, sharp). Faded over 30 ms: one that is cut off is a
 * click, which is a sound of its own; a pure tone would leave most bands empty, which a recogniser takes for silence.
 */
export function buzz(timbre: 'low' | 'high', ms: number, peak = 8000): Int16Array {
  const length = (RATE_HZ / 1000) * ms;
  const slope = timbre === 'low' ? -1.2 : 1.2;
  const harmonics = Array.from({ length: HIGHEST_HZ / PITCH_HZ }, (_, at) => at + 1);
  const total = harmonics.reduce((sum, harmonic) => sum + harmonic ** slope, 0);
  const fade = (at: number): number => Math.min(1, (at + 1) / FADE_SAMPLES, (length - at) / FADE_SAMPLES);
  const wave = (at: number): number =>
    harmonics.reduce((sum, n) => sum + n ** slope * Math.sin((2 * Math.PI * n * PITCH_HZ * at) / RATE_HZ), 0);
  return Int16Array.from({ length }, (_, at) => (peak * fade(at) * wave(at)) / total);
}

export const silence = (ms: number): Int16Array => new Int16Array((RATE_HZ / 1000) * ms);

export function joined(...parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Hands a sound over in frames of 20 ms, as the line does. */
export function inFrames(sound: Int16Array, accept: (frame: Int16Array) => void): void {
  for (let at = 0; at < sound.length; at += RATE_HZ / 50) accept(sound.subarray(at, at + RATE_HZ / 50));
}
