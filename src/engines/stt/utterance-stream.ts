/**
 * A stream over a decoder that wants whole utterances: it collects, decodes ahead at a pause, and uses that at the end
 * when only silence came after it. Longer utterances are decoded in pieces. Memory of a stream is bounded.
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
  /** The longest piece to decode, and how many pieces an utterance may have; what comes after them is not heard. */
  pieceSamples: number;
  pieces: number;
  /** The words up to a pause, when they are decoded before the utterance goes on or ends. */
  onPartial: (text: string) => void;
  onClose: () => void;
}

export class UtteranceStream implements SttStream {
  #samples: Int16Array;
  #length = 0;
  #pieces: Decode[] = [];
  #ahead: { length: number; decode: Decode } | undefined;
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
    this.#dropAhead();
    const ahead = { length: this.#length, decode: this.options.decode(this.#heard()) };
    this.#ahead = ahead;
    void ahead.decode.text.then(
      (text) => this.#ahead === ahead && this.#pieces.length === 0 && this.options.onPartial(text),
      () => undefined,
    );
  }

  async finish(): Promise<Transcript> {
    if (this.#closed) throw fault('ENGINE_FAILED', this.options.engine, 'the stream is closed');
    const pieces = [...this.#pieces.splice(0), ...this.#last()];
    this.#length = 0;
    const texts = await Promise.all(pieces.map((piece) => piece.text));
    return { text: texts.filter((text) => text !== '').join(' '), confidence: undefined };
  }

  reset(): void {
    this.#dropAhead();
    for (const piece of this.#pieces.splice(0)) piece.cancel();
    this.#length = 0;
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

  /** The decode of what is left: the one begun at the pause, when the caller said nothing after it. */
  #last(): Decode[] {
    const ahead = this.#ahead;
    if (ahead !== undefined && isTailQuiet(this.#heard(), ahead.length)) {
      this.#ahead = undefined;
      return [ahead.decode];
    }
    this.#dropAhead();
    return this.#length === 0 ? [] : [this.options.decode(this.#heard())];
  }

  #cut(): void {
    this.#dropAhead();
    if (this.#pieces.length < this.options.pieces) this.#pieces.push(this.options.decode(this.#heard()));
    this.#length = 0;
  }

  #dropAhead(): void {
    this.#ahead?.decode.cancel();
    this.#ahead = undefined;
  }
}
