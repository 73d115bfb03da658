/**
 * How loud a stream of samples is: momentary loudness by ITU-R BS.1770-4 (K-weighting, 400 ms), mapped to 0..1 as RTVI
 * shows it (protocol reference, 12): -110 LUFS is 0, -10 LUFS is 1. Pure; time is counted in samples.
 */

/** Blocks of 50 ms: eight of them are the 400 ms that are measured. */
const blockMs = 50;
const blocks = 8;
const floorLufs = -110;
const spanLufs = 100;

interface Coefficients {
  b: readonly [number, number, number];
  a: readonly [number, number];
}

/** Stage 1 of K-weighting, the high shelf of the head, for any rate (BS.1770-4 annex 1, its filter at 48 kHz resampled). */
function shelf(rateHz: number): Coefficients {
  const q = 0.7071752369554196;
  const k = Math.tan((Math.PI * 1681.974450955533) / rateHz);
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return {
    b: [(high + (band * k) / q + k * k) / a0, (2 * (k * k - high)) / a0, (high - (band * k) / q + k * k) / a0],
    a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
  };
}

/** Stage 2, the high pass. */
function highPass(rateHz: number): Coefficients {
  const q = 0.5003270373238773;
  const k = Math.tan((Math.PI * 38.13547087602444) / rateHz);
  const a0 = 1 + k / q + k * k;
  return { b: [1, -2, 1], a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0] };
}

/** Transposed direct form II. */
class Biquad {
  readonly #c: Coefficients;
  #z1 = 0;
  #z2 = 0;

  constructor(coefficients: Coefficients) {
    this.#c = coefficients;
  }

  step(x: number): number {
    const { b, a } = this.#c;
    const y = b[0] * x + this.#z1;
    this.#z1 = b[1] * x - a[0] * y + this.#z2;
    this.#z2 = b[2] * x - a[1] * y;
    return y;
  }

  reset(): void {
    this.#z1 = 0;
    this.#z2 = 0;
  }
}

export class Loudness {
  readonly #shelf: Biquad;
  readonly #highPass: Biquad;
  readonly #blockSamples: number;
  readonly #energies = new Float64Array(blocks);
  #block = 0;
  #inBlock = 0;
  #energy = 0;

  constructor(rateHz: number) {
    this.#shelf = new Biquad(shelf(rateHz));
    this.#highPass = new Biquad(highPass(rateHz));
    this.#blockSamples = (rateHz * blockMs) / 1000;
  }

  /** Takes the samples that follow; int16 full scale is 1. */
  push(samples: Int16Array): void {
    for (const sample of samples) {
      const weighted = this.#highPass.step(this.#shelf.step(sample / 32768));
      this.#energy += weighted * weighted;
      this.#inBlock += 1;
      if (this.#inBlock === this.#blockSamples) this.#closeBlock();
    }
  }

  #closeBlock(): void {
    this.#energies[this.#block % blocks] = this.#energy;
    this.#block += 1;
    this.#energy = 0;
    this.#inBlock = 0;
  }

  /** 0..1 over the last 400 ms; undefined before there were so many. */
  get level(): number | undefined {
    if (this.#block < blocks) return undefined;
    const meanSquare = this.#energies.reduce((sum, energy) => sum + energy, 0) / (blocks * this.#blockSamples);
    const lufs = -0.691 + 10 * Math.log10(meanSquare);
    return Math.min(1, Math.max(0, (lufs - floorLufs) / spanLufs));
  }

  reset(): void {
    this.#shelf.reset();
    this.#highPass.reset();
    this.#energies.fill(0);
    this.#block = 0;
    this.#inBlock = 0;
    this.#energy = 0;
  }
}
