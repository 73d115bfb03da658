/**
 * A stream over a decoder that wants whole utterances: it collects, decodes ahead at a pause, and uses that at the end
 * when only silence came after it. Where the caller goes on, what was decoded is kept as a piece of the utterance, or
 * dropped and decoded again with the rest. Longer utterances are decoded in pieces. Memory of a stream is bounded.
 */
import { fault } from '../../errors.js';
import type { SttStream, Transcript } from '../engine.js';
import { isTailQuiet } from './silence.js';

/** A decode that was asked for. */
export interface Decode {
  text: Promise<string>;
  /** Its text is not wanted any more; a decoder may skip it. */
  cancel(): void;
}

export interface UtteranceOptions {
  engine: string;
  /** Starts to decode; the samples are the stream's buffer, so they must be copied before this returns. */
  decode: (samples: Int16Array) => Decode;
  /** The longest piece to decode, and how many such pieces an utterance may have; what comes after is not heard. */
  pieceSamples: number;
  pieces: number;
  /**
   * What was decoded at a pause is kept from this length on; undefined for never. Short of its end a decoder
   * understands less, but the end of the turn then waits for the words since the last pause alone.
   */
  keptSamples?: number;
  /** The words up to a pause, when they are decoded before the utterance goes on or ends. */
  onPartial: (text: string) => void;
  onClose: () => void;
}

/** 100 ms of the pause go to both pieces: a soft beginning is not cut. */
const overlapSamples = 1600;

export class UtteranceStream implements SttStream {
  #samples: Int16Array;
  #length = 0;
  #pieces: Decode[] = [];
  /** Samples that the pieces are of. */
  #pieced = 0;
  #ahead: { length: number; decode: Decode; failed: boolean } | undefined;
  #closed = false;

  constructor(private readonly options: UtteranceOptions) {
    this.#samples = new Int16Array(options.pieceSamples);
  }

  accept(samples: Int16Array): void {
    for (let rest = samples; rest.length > 0 && !this.#closed; ) {
      const taken = rest.subarray(0, this.#samples.length - this.#length);
      this.#samples.set(taken, this.#length);
      this.#length += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#length === this.#samples.length) this.#cut();
    }
  }

  pause(): void {
    if (this.#closed || this.#length === 0 || this.#ahead?.length === this.#length) return;
    if (this.#isAheadKeepable && !this.#onlySilenceCame()) this.#keepAhead();
    else this.#dropAhead();
    const ahead = { length: this.#length, decode: this.#decode(), failed: false };
    this.#ahead = ahead;
    void textOf([...this.#pieces, ahead.decode]).then(
      (text) => this.#ahead === ahead && this.options.onPartial(text),
      () => {
        ahead.failed = true;
      },
    );
  }

  async finish(): Promise<Transcript> {
    if (this.#closed) throw fault('ENGINE_FAILED', this.options.engine, 'the stream is closed');
    const last = this.#last();
    const pieces = [...this.#pieces.splice(0), ...last];
    this.#length = 0;
    this.#pieced = 0;
    return { text: await textOf(pieces), confidence: undefined };
  }

  reset(): void {
    this.#dropAhead();
    for (const piece of this.#pieces.splice(0)) piece.cancel();
    this.#length = 0;
    this.#pieced = 0;
  }

  close(): void {
    if (this.#closed) return;
    this.reset();
    this.#closed = true;
    this.#samples = new Int16Array(0);
    this.options.onClose();
  }

  #heard(): Int16Array {
    return this.#samples.subarray(0, this.#length);
  }

  /** A failure is heard of in `finish`, or by nobody. */
  #decode(): Decode {
    const decode = this.options.decode(this.#heard());
    decode.text.catch(() => undefined);
    return decode;
  }

  /** The decode of what is left: the one begun at the pause, when the caller said nothing after it. */
  #last(): Decode[] {
    const ahead = this.#ahead;
    if (ahead !== undefined && this.#onlySilenceCame()) {
      this.#ahead = undefined;
      return [ahead.decode];
    }
    if (this.#isAheadKeepable) this.#keepAhead();
    else this.#dropAhead();
    return this.#length === 0 ? [] : [this.#decode()];
  }

  #cut(): void {
    this.#dropAhead();
    if (this.#hasRoom) this.#push(this.#decode(), this.#length);
    this.#length = 0;
  }

  get #hasRoom(): boolean {
    return this.#pieced < this.options.pieces * this.options.pieceSamples;
  }

  #push(piece: Decode, samples: number): void {
    this.#pieces.push(piece);
    this.#pieced += samples;
  }

  /** After the pause at which a decode began. */
  #onlySilenceCame(): boolean {
    return this.#ahead !== undefined && isTailQuiet(this.#heard(), this.#ahead.length);
  }

  get #isAheadKeepable(): boolean {
    const { keptSamples = Number.POSITIVE_INFINITY } = this.options;
    return this.#ahead !== undefined && !this.#ahead.failed && this.#ahead.length >= keptSamples && this.#hasRoom;
  }

  /** The caller went on after that pause: what was decoded is a piece, and the rest begins there. */
  #keepAhead(): void {
    const ahead = this.#ahead;
    if (!ahead) return;
    this.#ahead = undefined;
    this.#push(ahead.decode, ahead.length);
    const from = ahead.length - overlapSamples;
    this.#samples.copyWithin(0, from, this.#length);
    this.#length -= from;
  }

  #dropAhead(): void {
    this.#ahead?.decode.cancel();
    this.#ahead = undefined;
  }
}

async function textOf(pieces: readonly Decode[]): Promise<string> {
  const texts = await Promise.all(pieces.map((piece) => piece.text));
  return texts.filter((text) => text !== '').join(' ');
}
