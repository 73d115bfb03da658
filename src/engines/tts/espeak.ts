/**
 * espeak-ng compiled to WebAssembly: any language, robotic, no model to fetch. Price: a sentence is made in one go on
 * this thread (5 to 80 ms), so an abort is seen between sentences' chunks, not inside the synthesis.
 */
import load from '@echogarden/espeak-ng-emscripten';
import { fault } from '../../errors.js';
import type { EngineOptions, Speech, TtsEngine } from '../engine.js';

type Worker = InstanceType<Awaited<ReturnType<typeof load>>['eSpeakNGWorker']>;

/** Our language names and espeak's voices. */
const VOICES: Readonly<Record<string, string>> = { en: 'en-us', tr: 'tr' };
/** espeak's normal rate, in words a minute; it takes 80 to 450. */
const RATE_WPM = 175;
/** A text that would become more than a minute is cut there. */
const LONGEST_SECONDS = 60;

/** Options: `voice` (an espeak voice or a language, used where a call names none that is known; en). */
export async function openEspeak(options: EngineOptions): Promise<TtsEngine> {
  const { eSpeakNGWorker } = await load();
  const voice = String(options.voice ?? 'en');
  const engine = new Espeak(new eSpeakNGWorker(), voice);
  if (!engine.select(voice)) throw fault('ENGINE_FAILED', 'espeak', `it has no voice ${voice}`);
  return engine;
}

class Espeak implements TtsEngine {
  /** The one of the options first. */
  readonly voices: readonly string[];
  readonly #rateHz: number;
  /** Voices go by a language ("en-us") or by a name. */
  readonly #known: ReadonlySet<string>;

  constructor(
    private readonly worker: Worker,
    voice: string,
  ) {
    this.voices = [...new Set([voice, ...Object.keys(VOICES)])];
    this.#rateHz = worker.get_samplerate();
    this.#known = new Set(
      worker.list_voices().flatMap(({ name, languages }) => [name, ...languages.map((language) => language.name)]),
    );
  }

  /** False when espeak does not know the voice; it would answer 0 and be silent. */
  select(voice: string): boolean {
    const name = VOICES[voice] ?? voice;
    return this.#known.has(name) && this.worker.set_voice(name, '', 0, 0, 0) === 0;
  }

  async *synthesize(
    text: string,
    { voice, speed, signal }: { voice: string; speed: number; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    if (signal.aborted || text.trim() === '') return;
    if (voice === '' || !this.select(voice)) this.select(this.voices[0] ?? 'en');
    this.worker.set_rate(Math.max(80, Math.min(450, Math.round(RATE_WPM * speed))));
    for (const samples of this.#speak(text)) {
      if (signal.aborted) return;
      yield { samples: Float32Array.from(samples, (sample) => sample / 32768), rateHz: this.#rateHz };
    }
  }

  async warmUp(): Promise<void> {
    this.#speak('one');
  }

  async close(): Promise<void> {}

  #speak(text: string): Int16Array[] {
    const chunks: Int16Array[] = [];
    let left = LONGEST_SECONDS * this.#rateHz;
    this.worker.synthesize(text, (samples) => {
      if (samples !== null && samples.length > 0) chunks.push(samples);
      left -= samples?.length ?? 0;
      return left <= 0;
    });
    return chunks;
  }
}
