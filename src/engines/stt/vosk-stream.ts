/**
 * One call's Vosk recogniser. Its native calls run one after another off the JavaScript thread (two at once on one
 * recogniser are undefined behaviour); audio that comes meanwhile is joined, so a slow decoder costs latency only.
 */
import { fault, reasonOf } from '../../errors.js';
import type { SttStream, Transcript } from '../engine.js';
import { HalfRate } from './halfband.js';
import { inBackground, type Libvosk } from './libvosk.js';
import { PendingAudio } from './pending-audio.js';
import { partialOf, Words } from './vosk-words.js';

interface Finish {
  resolve: (transcript: Transcript) => void;
  reject: (error: Error) => void;
}

/** Takes 16 kHz; `halfRate` where the model wants 8 kHz. */
export class VoskStream implements SttStream {
  readonly #audio = new PendingAudio();
  readonly #half: HalfRate | undefined;
  #words = new Words();
  #partial = '';
  /** Utterances that have ended and wait for their words. */
  #finishing: Finish[] = [];
  /** Counts resets: what was decoded for an earlier one is nobody's. */
  #epoch = 0;
  #needsReset = false;
  #failed: Error | undefined;
  #decoding = false;
  /** Settles when no native call uses the recogniser. */
  #idle: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    private readonly library: Libvosk,
    private readonly recognizer: bigint,
    halfRate: boolean,
    private readonly onPartial: (text: string) => void,
    private readonly onClose: () => void,
  ) {
    this.#half = halfRate ? new HalfRate() : undefined;
  }

  accept(samples: Int16Array): void {
    if (this.#closed) return;
    if (!this.#audio.push(samples)) this.#failed ??= fault('ENGINE_FAILED', 'vosk', 'it cannot keep up with the line');
    this.#run();
  }

  pause(): void {}

  finish(): Promise<Transcript> {
    if (this.#closed) return Promise.reject(fault('ENGINE_FAILED', 'vosk', 'the stream is closed'));
    if (!this.#audio.endUtterance()) return Promise.reject(fault('ENGINE_FAILED', 'vosk', 'too many utterances wait'));
    return new Promise((resolve, reject) => {
      this.#finishing.push({ resolve, reject });
      this.#run();
    });
  }

  reset(): void {
    this.#epoch++;
    this.#audio.clear();
    this.#needsReset = true;
    this.#refuse('the utterance was dropped');
    this.#run();
  }

  close(): void {
    void this.free();
  }

  /** Resolves when native code no longer uses the recogniser and it is freed. */
  async free(): Promise<void> {
    if (this.#closed) return this.#idle;
    this.#closed = true;
    this.#audio.clear();
    this.#refuse('the stream was closed');
    this.#idle = this.#idle.then(() => {
      this.library.recognizerFree(this.recognizer);
      this.onClose();
    });
    return this.#idle;
  }

  #refuse(why: string): void {
    for (const waiting of this.#finishing.splice(0)) waiting.reject(fault('ENGINE_FAILED', 'vosk', why));
  }

  /** One loop a stream at a time: what keeps its native calls in a row. */
  #run(): void {
    if (this.#closed || this.#decoding) return;
    this.#decoding = true;
    this.#idle = this.#drain().catch((error) => this.#refuse(reasonOf(error)));
  }

  /** The flag falls in the same step in which nothing was found, so nothing that comes later is overlooked. */
  async #drain(): Promise<void> {
    try {
      while (!this.#closed) {
        if (this.#needsReset) await this.#forget();
        const next = this.#audio.next();
        if (next === undefined) return;
        if (next === 'end') await this.#end();
        else await this.#decode(next).catch((error) => this.#fail(error));
      }
    } finally {
      this.#decoding = false;
    }
  }

  #fail(error: Error): void {
    this.#failed ??= error;
  }

  async #forget(): Promise<void> {
    this.#needsReset = false;
    this.#half?.reset();
    this.#begin();
    await inBackground(this.library.reset, this.recognizer);
  }

  async #decode(samples: Int16Array): Promise<void> {
    const epoch = this.#epoch;
    const audio = this.#half?.push(samples) ?? samples;
    const answer = await inBackground(this.library.acceptWaveform, this.recognizer, audio, audio.length);
    if (answer < 0) throw fault('ENGINE_FAILED', 'vosk', 'the decoder refused the audio');
    const json = await inBackground(answer > 0 ? this.library.result : this.library.partialResult, this.recognizer);
    if (epoch !== this.#epoch || this.#closed) return;
    if (answer > 0) this.#words.add(json);
    this.#report(this.#words.textWith(answer > 0 ? '' : partialOf(json)));
  }

  #report(text: string): void {
    if (text === this.#partial) return;
    this.#partial = text;
    this.onPartial(text);
  }

  async #end(): Promise<void> {
    const epoch = this.#epoch;
    const json = await inBackground(this.library.finalResult, this.recognizer);
    if (epoch !== this.#epoch || this.#closed) return;
    this.#words.add(json);
    const waiting = this.#finishing.shift();
    if (this.#failed === undefined) waiting?.resolve(this.#words.transcript());
    else waiting?.reject(this.#failed);
    this.#begin();
  }

  #begin(): void {
    this.#words = new Words();
    this.#partial = '';
    this.#failed = undefined;
  }
}
