/**
 * For tests and benches: a recogniser that knows what will be said, and counts how much of it was. Texts are pieces
 * with `/` between them; each word takes so much of voiced sound. A partial has the words that were heard so far; a
 * final has the pieces that were heard at least by half, and the next utterance goes on with the piece after them.
 */
import type { SttStream, Transcript } from '../engine.js';

const stepSamples = 160;
/** Quieter than this is not speech (int16); louder than the noise of a line. */
const voicedRms = 500;

/** Steps of a sound that are speech. */
export function voicedSteps(samples: Int16Array, step = stepSamples): number {
  let voiced = 0;
  for (let at = 0; at + step <= samples.length; at += step) {
    let sum = 0;
    for (let n = at; n < at + step; n++) sum += (samples[n] ?? 0) ** 2;
    if (sum / step >= voicedRms ** 2) voiced++;
  }
  return voiced;
}

/** The pieces of a text, each a list of words. */
const piecesOf = (text: string): string[][] =>
  text
    .split('/')
    .map((piece) => piece.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0);

export class PiecesStream implements SttStream {
  readonly #texts: readonly string[][][];
  #text = 0;
  #piece = 0;
  #steps = 0;
  #partial = '';

  constructor(
    texts: readonly string[],
    /** Steps of 10 ms that a word takes. */
    private readonly wordSteps: number,
    private readonly onPartial: (text: string) => void,
    private readonly confidence: number,
    private readonly onClose: () => void,
  ) {
    this.#texts = texts.map(piecesOf).filter((pieces) => pieces.length > 0);
  }

  accept(samples: Int16Array): void {
    this.#steps += voicedSteps(samples);
    const words = this.#rest().flat();
    const partial = words.slice(0, Math.round(this.#steps / this.wordSteps)).join(' ');
    if (partial !== this.#partial) this.onPartial(partial);
    this.#partial = partial;
  }

  pause(): void {}

  async finish(): Promise<Transcript> {
    const text = this.#take().flat().join(' ');
    return { text, confidence: text === '' ? undefined : this.confidence };
  }

  reset(): void {
    this.#take();
  }

  close(): void {
    this.onClose();
  }

  /** Pieces of the running text that were not heard before. */
  #rest(): string[][] {
    return this.#texts[this.#text % this.#texts.length]?.slice(this.#piece) ?? [];
  }

  /** The pieces that were heard; they are behind us. */
  #take(): string[][] {
    const rest = this.#rest();
    let before = 0;
    const heard = rest.filter((words) => {
      const half = before + (words.length * this.wordSteps) / 2;
      before += words.length * this.wordSteps;
      return this.#steps >= half;
    });
    this.#piece += heard.length;
    if (heard.length === rest.length) this.#nextText();
    this.#steps = 0;
    this.#partial = '';
    return heard;
  }

  #nextText(): void {
    this.#text++;
    this.#piece = 0;
  }
}
