/**
 * What the caller is saying now, on its way to the recogniser: keeps a short pre-roll while nobody speaks, so that the
 * first sound is not lost, and changes the language only between utterances.
 */
import type { SttEngine, SttStream, Transcript } from '../../engines/engine.js';
import { fault } from '../../errors.js';
import { within } from './deadline.js';

/** 480 ms at windows of 32 ms: a first word before a plosive's gap is not lost when the gate begins anew. */
const preRollWindows = 15;

export class Utterance {
  #stream: SttStream;
  #streamLanguage: string;
  #preRoll: Int16Array[] = [];
  #active = false;
  #partial = '';

  constructor(
    readonly engineFor: (language: string) => SttEngine,
    /** Of the next utterance. */
    public language: string,
    readonly onPartial: (text: string) => void,
  ) {
    this.#streamLanguage = language;
    this.#stream = this.#open(language);
  }

  /** Language of the utterance that is being heard. */
  get spokenLanguage(): string {
    return this.#streamLanguage;
  }

  /** Words so far; empty where the recogniser does not stream. */
  get partial(): string {
    return this.#partial;
  }

  /** Takes a window; `active` says whether somebody speaks or the utterance goes on. */
  hear(window: Int16Array, active: boolean): void {
    if (active) this.#accept(window);
    else if (this.#active) this.reset();
    this.#preRoll.push(window.slice());
    if (this.#preRoll.length > preRollWindows) this.#preRoll.shift();
  }

  #accept(window: Int16Array): void {
    if (!this.#active) this.#begin();
    this.#stream.accept(window);
  }

  #begin(): void {
    this.#active = true;
    if (this.#streamLanguage !== this.language) this.#reopen();
    for (const window of this.#preRoll) this.#stream.accept(window);
  }

  /** The new stream first: where the language has none, the old one goes on. */
  #reopen(): void {
    const stream = this.#open(this.language);
    this.#stream.close();
    this.#stream = stream;
    this.#streamLanguage = this.language;
  }

  #open(language: string): SttStream {
    return this.engineFor(language).open({
      language,
      onPartial: (text) => {
        this.#partial = text;
        this.onPartial(text);
      },
    });
  }

  pause(): void {
    this.#stream.pause();
  }

  /** The words of the utterance; rejects with ENGINE_TIMEOUT when the recogniser is late. */
  finish(timeoutMs: number): Promise<Transcript> {
    this.#partial = '';
    this.#preRoll = [];
    const name = `recogniser (${this.#streamLanguage})`;
    return within(this.#stream.finish(), timeoutMs, () => fault('ENGINE_TIMEOUT', name, timeoutMs));
  }

  reset(): void {
    this.#active = false;
    this.#partial = '';
    this.#stream.reset();
  }

  close(): void {
    this.#stream.close();
  }
}
