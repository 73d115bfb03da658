/**
 * espeak-ng compiled to WebAssembly: any language, robotic, no model to fetch. Sentences are made in a small pool of
 * threads. An abort drops the result: ending the task would end its thread.
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { fault } from '../../errors.js';
import type { EngineOptions, Speech, TtsEngine } from '../engine.js';
import { numberOption } from '../options.js';
import type { EspeakSpeech, EspeakTask } from './espeak-task.js';

/** Our language names and espeak's voices. */
const voicesOf: Readonly<Record<string, string>> = { en: 'en-us', tr: 'tr' };
/** espeak's normal rate, in words a minute; it takes 80 to 450. */
const normalWpm = 175;
/** Sentences that may wait for a thread. */
const queueLimit = 256;

/** Options: `voice` (an espeak voice or a language, used where a call names none that is known; en), `threads` (1). */
export async function openEspeak(options: EngineOptions): Promise<TtsEngine> {
  const voice = String(options.voice ?? 'en');
  const pool = new Piscina<EspeakTask, EspeakSpeech>({
    filename: fileURLToPath(new URL('./espeak-task.js', import.meta.url)),
    maxThreads: numberOption('espeak', options, 'threads', 1),
    maxQueue: queueLimit,
    // A pool that sleeps on shared memory would keep the thread's event loop from running.
    atomics: 'disabled',
  });
  const engine = new Espeak(pool, voice);
  if (await engine.knows(voice)) return engine;
  await engine.close();
  throw fault('ENGINE_FAILED', 'espeak', `it has no voice ${voice}`);
}

class Espeak implements TtsEngine {
  /** The one of the options first. */
  readonly voices: readonly string[];

  constructor(
    private readonly pool: Piscina<EspeakTask, EspeakSpeech>,
    voice: string,
  ) {
    this.voices = [...new Set([voice, ...Object.keys(voicesOf)])];
  }

  async knows(voice: string): Promise<boolean> {
    return (await this.#speak('', voice, normalWpm)).known;
  }

  async *synthesize(
    text: string,
    { voice, speed, signal }: { voice: string; speed: number; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    if (signal.aborted || text.trim() === '') return;
    const rateWpm = Math.max(80, Math.min(450, Math.round(normalWpm * speed)));
    const first = voice === '' ? undefined : await this.#speak(text, voice, rateWpm);
    const { samples, rateHz } = first?.known ? first : await this.#speak(text, this.voices[0] ?? 'en', rateWpm);
    if (!signal.aborted) yield { samples, rateHz };
  }

  #speak(text: string, voice: string, rateWpm: number): Promise<EspeakSpeech> {
    return this.pool.run({ text, voice: voicesOf[voice] ?? voice, rateWpm });
  }

  async warmUp(): Promise<void> {
    await this.#speak('one', this.voices[0] ?? 'en', normalWpm);
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}
