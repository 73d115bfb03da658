/** Power spectra of real frames of 400 samples, two at a time: one as the real, one as the imaginary part (radix 4, 4, 5, 5). */

export const frameSamples = 400;
export const bins = frameSamples / 2 + 1;
const radices = [4, 4, 5, 5];

const cosines = Float64Array.from({ length: frameSamples }, (_, k) => Math.cos((2 * Math.PI * k) / frameSamples));
const sines = Float64Array.from({ length: frameSamples }, (_, k) => -Math.sin((2 * Math.PI * k) / frameSamples));

/** Decimation in time: a transform of `count` values is `radix` transforms of every radix-th of them, joined. */
class Transform {
  readonly re = new Float64Array(frameSamples);
  readonly im = new Float64Array(frameSamples);
  readonly #partRe = new Float64Array(5);
  readonly #partIm = new Float64Array(5);

  run(re: Float64Array, im: Float64Array, count = frameSamples, stride = 1, from = 0, to = 0, level = 0): void {
    const radix = radices[level] ?? 1;
    const part = count / radix;
    for (let r = 0; r < radix; r++) {
      if (part === 1) this.#copy(re, im, from + r * stride, to + r);
      else this.run(re, im, part, stride * radix, from + r * stride, to + r * part, level + 1);
    }
    for (let k = 0; k < part; k++) this.#join(radix, part, stride, to + k, k);
  }

  #copy(re: Float64Array, im: Float64Array, from: number, to: number): void {
    this.re[to] = re[from] ?? 0;
    this.im[to] = im[from] ?? 0;
  }

  #join(radix: number, part: number, stride: number, at: number, k: number): void {
    for (let r = 0; r < radix; r++) {
      this.#partRe[r] = this.re[at + r * part] ?? 0;
      this.#partIm[r] = this.im[at + r * part] ?? 0;
    }
    for (let q = 0; q < radix; q++) this.#sum(radix, ((k + q * part) * stride) % frameSamples, at + q * part);
  }

  #sum(radix: number, step: number, to: number): void {
    let re = 0;
    let im = 0;
    let turn = 0;
    for (let r = 0; r < radix; r++) {
      const c = cosines[turn] ?? 0;
      const s = sines[turn] ?? 0;
      const a = this.#partRe[r] ?? 0;
      const b = this.#partIm[r] ?? 0;
      re += a * c - b * s;
      im += a * s + b * c;
      turn = turn + step < frameSamples ? turn + step : turn + step - frameSamples;
    }
    this.re[to] = re;
    this.im[to] = im;
  }
}

const transform = new Transform();

/** Squared magnitudes of the bins of both frames, into `first` and `second`. */
export function powerSpectra(a: Float64Array, b: Float64Array, first: Float64Array, second: Float64Array): void {
  transform.run(a, b);
  const { re, im } = transform;
  for (let k = 0; k < bins; k++) {
    const mirror = (frameSamples - k) % frameSamples;
    const x = re[k] ?? 0;
    const y = im[k] ?? 0;
    const u = re[mirror] ?? 0;
    const v = im[mirror] ?? 0;
    first[k] = ((x + u) ** 2 + (y - v) ** 2) / 4;
    second[k] = ((y + v) ** 2 + (u - x) ** 2) / 4;
  }
}
