/**
 * Vosk through libvosk: streaming, with partials and a confidence for each word. One model serves all streams of a
 * thread. A stream's native calls run one after another off the JavaScript thread; audio that comes meanwhile is
 * joined, so a slow decoder costs latency, not calls.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../errors.js';
import type { EngineOptions, SttEngine, SttStream, Transcript } from '../engine.js';
import { textOption } from '../options.js';
import { HalfRate } from './halfband.js';
import { inBackground, type Libvosk, loadLibvosk } from './libvosk.js';
import { PendingAudio } from './pending-audio.js';
import { type ModelHold, VoskModels } from './vosk-model.js';
import { partialOf, Words } from './vosk-words.js';

const LINE_RATE_HZ = 16000;
let shared: VoskModels | undefined;

/** Options: `model` (folder), `libvosk` (path of the library; absent for the one from npm). Throws ENGINE_FAILED. */
export async function openVosk(options: EngineOptions): Promise<SttEngine & { readonly openStreams: number }> {
  const path = textOption('vosk', options, 'model');
  const rateHz = await rateOf(path);
  const given = options.libvosk;
  shared ??= new VoskModels(loadLibvosk(typeof given === 'string' && given !== '' ? given : undefined));
  return new Vosk(shared.library, await shared.hold(path), rateHz);
}

/** The sample rate that the model was trained at: conf/mfcc.conf says so, else 16 kHz. */
async function rateOf(path: string): Promise<number> {
  const text = await readFile(join(path, 'conf', 'mfcc.conf'), 'utf8').catch(() => '');
  const rateHz = Number(/^\s*--sample-frequency=([\d.]+)/m.exec(text)?.[1] ?? LINE_RATE_HZ);
  if (rateHz === LINE_RATE_HZ || rateHz === LINE_RATE_HZ / 2) return rateHz;
  throw fault('ENGINE_FAILED', 'vosk', `model ${path} expected a rate of 8000 or 16000 Hz, got ${rateHz}`);
}

class Vosk implements SttEngine {
  readonly capabilities = { streaming: true, confidence: true, languages: ['*'] };
  readonly #streams = new Set<VoskStream>();

  constructor(
    private readonly library: Libvosk,
    private readonly model: ModelHold,
    private readonly rateHz: number,
  ) {}

  get openStreams(): number {
    return this.#streams.size;
  }

  open({ onPartial }: { language: string; onPartial: (text: string) => void }): SttStream {
    // A null model crashes the process here, so the hold is asked, which throws once the engine is closed.
    const recognizer = this.library.recognizerNew(this.model.handle(), this.rateHz);
    if (recognizer === null) throw fault('ENGINE_FAILED', 'vosk', 'no recogniser could be made');
    this.library.setWords(recognizer, 1);
    const stream = new VoskStream(this.library, recognizer, this.rateHz, onPartial, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }

  async warmUp(): Promise<void> {
    const stream = this.open({ language: '', onPartial: () => {} });
    stream.accept(new Int16Array(LINE_RATE_HZ));
    await stream.finish().finally(() => stream.close());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.free()));
    this.model.release();
  }
}

interface Finish {
  resolve: (transcript: Transcript) => void;
  reject: (error: Error) => void;
}

class VoskStream implements SttStream {
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
  #pump: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly library: Libvosk,
    private readonly recognizer: bigint,
    rateHz: number,
    private readonly onPartial: (text: string) => void,
    private readonly onClose: () => void,
  ) {
    this.#half = rateHz === LINE_RATE_HZ ? undefined : new HalfRate();
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
    if (this.#closed) return this.#pump;
    this.#closed = true;
    this.#audio.clear();
    this.#refuse('the stream was closed');
    this.#pump = (this.#pump ?? Promise.resolve()).then(() => {
      this.library.recognizerFree(this.recognizer);
      this.onClose();
    });
    return this.#pump;
  }

  #refuse(why: string): void {
    for (const waiting of this.#finishing.splice(0)) waiting.reject(fault('ENGINE_FAILED', 'vosk', why));
  }

  /** One pump a stream: what keeps its native calls in a row. */
  #run(): void {
    if (this.#closed || this.#pump !== undefined) return;
    this.#pump = this.#drain().finally(() => {
      if (!this.#closed) this.#pump = undefined;
    });
  }

  async #drain(): Promise<void> {
    while (!this.#closed) {
      if (this.#needsReset) await this.#forget();
      const next = this.#audio.next();
      if (next === undefined) return;
      if (next === 'end') await this.#end();
      else await this.#decode(next).catch((error) => this.#fail(error));
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
