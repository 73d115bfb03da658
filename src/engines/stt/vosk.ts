/** Vosk through libvosk: streaming, with partials and confidences. One model serves all streams of a thread. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../errors.js';
import type { EngineOptions, SttCapabilities, SttEngine, SttStream } from '../engine.js';
import { textOption } from '../options.js';
import { type Libvosk, loadLibvosk } from './libvosk.js';
import { type ModelHold, VoskModels } from './vosk-model.js';
import { VoskStream } from './vosk-stream.js';

const LINE_RATE_HZ = 16000;
/** By the library that loaded them; '' is the one from npm. */
const libraries = new Map<string, VoskModels>();

/** Options: `model` (folder), `language` (of the model), `libvosk` (path of the library; absent for the one from npm). Throws ENGINE_FAILED. */
export async function openVosk(options: EngineOptions): Promise<SttEngine & { readonly openStreams: number }> {
  const path = textOption('vosk', options, 'model');
  const rateHz = await rateOf(path);
  const library = String(options.libvosk ?? '');
  const models = libraries.get(library) ?? new VoskModels(loadLibvosk(library || undefined));
  libraries.set(library, models);
  return new Vosk(models.library, await models.hold(path), rateHz, String(options.language ?? '*'));
}

/** The sample rate that the model was trained at: conf/mfcc.conf says so, else 16 kHz. */
async function rateOf(path: string): Promise<number> {
  const text = await readFile(join(path, 'conf', 'mfcc.conf'), 'utf8').catch(() => '');
  const rateHz = Number(/^\s*--sample-frequency=([\d.]+)/m.exec(text)?.[1] ?? LINE_RATE_HZ);
  if (rateHz === LINE_RATE_HZ || rateHz === LINE_RATE_HZ / 2) return rateHz;
  throw fault('ENGINE_FAILED', 'vosk', `model ${path} expected a rate of 8000 or 16000 Hz, got ${rateHz}`);
}

class Vosk implements SttEngine {
  readonly capabilities: SttCapabilities;
  readonly #streams = new Set<VoskStream>();

  constructor(
    private readonly library: Libvosk,
    private readonly model: ModelHold,
    private readonly rateHz: number,
    language: string,
  ) {
    this.capabilities = { streaming: true, confidence: true, languages: [language] };
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  open({ onPartial }: { language: string; onPartial: (text: string) => void }): SttStream {
    // A null model crashes the process here, so the hold is asked, which throws once the engine is closed.
    const recognizer = this.library.recognizerNew(this.model.handle(), this.rateHz);
    if (recognizer === null) throw fault('ENGINE_FAILED', 'vosk', 'no recogniser could be made');
    this.library.setWords(recognizer, 1);
    const stream = new VoskStream(this.library, recognizer, this.rateHz === LINE_RATE_HZ / 2, onPartial, () =>
      this.#streams.delete(stream),
    );
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
