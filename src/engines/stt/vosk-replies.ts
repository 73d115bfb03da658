/** What a vosk-server answers to one utterance: a reply to each piece of audio, and one to the end. */
import type { Transcript } from '../engine.js';
import { partialOf, Words } from './vosk-words.js';

export class VoskReplies {
  readonly final: Promise<Transcript>;
  readonly #words = new Words();
  #resolve: (transcript: Transcript) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #awaited = 0;
  #ending = false;
  #partial = '';

  constructor(private readonly onPartial: (text: string) => void) {
    this.final = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.final.catch(() => undefined);
  }

  /** A piece of audio was sent, or the end. */
  sent(end: boolean): void {
    this.#awaited++;
    this.#ending ||= end;
  }

  /** A reply came. */
  take(json: string): void {
    this.#awaited--;
    try {
      this.#read(json);
    } catch (thrown) {
      return this.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
    if (this.#ending && this.#awaited === 0) this.#resolve(this.#words.transcript());
  }

  #read(json: string): void {
    const partial = json.includes('"partial"') ? partialOf(json) : '';
    if (!json.includes('"partial"')) this.#words.add(json);
    const text = this.#words.textWith(partial);
    if (text !== this.#partial && !this.#ending) this.onPartial(text);
    this.#partial = text;
  }

  /** Nothing more will come. */
  fail(error: Error): void {
    this.#reject(error);
  }
}
