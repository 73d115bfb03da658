/**
 * Piper voices through sherpa-onnx: a sentence a call, whole. A synthesis cannot be stopped, so an aborted one runs to
 * its end and is dropped; no progress callback is used, because a worker thread that ends while one is pending takes
 * the process down. A model without its metadata ends the process too: try it in a child process first (probe.ts).
 */
import { basename } from 'node:path';
import sherpa, { type OfflineTts } from 'sherpa-onnx-node';
import { fault, reasonOf } from '../../errors.js';
import type { EngineOptions, Speech, TtsEngine } from '../engine.js';
import { numberOption, textOption } from '../options.js';
import { SerialQueue } from '../serial-queue.js';

const QUEUE_LIMIT = 256;

/** Options: `model` (.onnx with metadata), `tokens`, `dataDir` (espeak-ng-data), `threads`. Throws ENGINE_FAILED. */
export async function openPiper(options: EngineOptions): Promise<TtsEngine> {
  const model = textOption('piper', options, 'model');
  const config = {
    model: {
      vits: { model, tokens: textOption('piper', options, 'tokens'), dataDir: textOption('piper', options, 'dataDir') },
      numThreads: numberOption('piper', options, 'threads', 1),
      provider: 'cpu' as const,
      debug: false,
    },
    maxNumSentences: 1,
  };
  try {
    return new Piper(basename(model, '.onnx'), await sherpa.OfflineTts.createAsync(config));
  } catch (error) {
    throw fault('ENGINE_FAILED', 'piper', `voice ${model} cannot be loaded: ${reasonOf(error)}`);
  }
}

class Piper implements TtsEngine {
  readonly voices: readonly string[];
  readonly #queue = new SerialQueue('piper', QUEUE_LIMIT);

  constructor(
    voice: string,
    private readonly tts: OfflineTts,
  ) {
    this.voices = [voice];
  }

  /** A model is one voice: `voice` is not looked at. */
  async *synthesize(text: string, { speed, signal }: { speed: number; signal: AbortSignal }): AsyncGenerator<Speech> {
    if (text.trim() === '') return;
    const speech = await this.#queue.run(async () => (signal.aborted ? undefined : this.#speak(text, speed)));
    if (speech !== undefined && !signal.aborted) yield speech;
  }

  async warmUp(): Promise<void> {
    await this.#queue.run(() => this.#speak('One.', 1));
  }

  /** Resolves when the synthesis that runs is over: only then may its thread end. */
  close(): Promise<void> {
    return this.#queue.close();
  }

  async #speak(text: string, speed: number): Promise<Speech> {
    const audio = await this.tts
      .generateAsync({ text, sid: 0, speed, enableExternalBuffer: false })
      .catch((error) => Promise.reject(fault('ENGINE_FAILED', 'piper', reasonOf(error))));
    return { samples: audio.samples, rateHz: audio.sampleRate };
  }
}
