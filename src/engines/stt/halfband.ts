/** Halves a sample rate: a 31-tap half-band low-pass (Hamming window), then every second sample. Keeps state between pieces. */

const HALF = 15;
/** h[k] of the ideal half-band filter at odd distances k from the centre, windowed; even distances are zero. */
const SIDE_TAPS = Array.from({ length: (HALF + 1) / 2 }, (_, index) => {
  const distance = 2 * index + 1;
  const window = 0.54 + 0.46 * Math.cos((Math.PI * distance) / (HALF + 1));
  return (Math.sin((Math.PI * distance) / 2) / (Math.PI * distance)) * window;
});
/** 0.5 for the centre tap, scaled so that the whole filter passes a constant unchanged. */
const CENTRE_TAP = 1 - 2 * SIDE_TAPS.reduce((sum, tap) => sum + tap, 0);

const clamp = (value: number): number => Math.max(-32768, Math.min(32767, Math.round(value)));

export class HalfRate {
  /** The last samples of the piece before: what the filter still looks back on, with the phase of the next output. */
  #tail: Int16Array = new Int16Array(2 * HALF);

  /** Half as many samples as came (one more or less when a piece has an odd length); late by 15 input samples. */
  push(samples: Int16Array): Int16Array {
    const input = new Int16Array(this.#tail.length + samples.length);
    input.set(this.#tail);
    input.set(samples, this.#tail.length);
    const count = Math.max(0, Math.ceil((input.length - 2 * HALF) / 2));
    const out = new Int16Array(count);
    for (let index = 0; index < count; index++) out[index] = clamp(this.#at(input, 2 * index + HALF));
    this.#tail = input.slice(2 * count);
    return out;
  }

  reset(): void {
    this.#tail = new Int16Array(2 * HALF);
  }

  #at(input: Int16Array, centre: number): number {
    let sum = CENTRE_TAP * (input[centre] ?? 0);
    SIDE_TAPS.forEach((tap, index) => {
      const distance = 2 * index + 1;
      sum += tap * ((input[centre - distance] ?? 0) + (input[centre + distance] ?? 0));
    });
    return sum;
  }
}
