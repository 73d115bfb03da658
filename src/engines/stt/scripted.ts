/** For tests: a deterministic recogniser. Whatever it hears, the n-th utterance of a stream has the n-th text. */
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../../errors.js';
import type { EngineOptions, SttEngine, SttStream, Transcript } from '../engine.js';
import { numberOption } from '../options.js';
import { PiecesStream } from './scripted-pieces.js';

interface Script {
  texts: readonly string[];
  confidence: number;
  finishMs: number;
  partialSamples: number;
}

/**
 * Options: `texts` (utterances separated by `|`, used in turn; empty ones are heard as nothing), `confidence` (1),
 * `finishMs` (delay of a final, 0), `partialMs` (speech until each further word of the partial, 200). Texts with `/` in
 * them are heard piece by piece (`scripted-pieces.ts`).
 */
export async function openScriptedStt(options: EngineOptions): Promise<SttEngine & { readonly openStreams: number }> {
  return new ScriptedStt({
    texts: String(options.texts ?? 'hello').split('|'),
    confidence: numberOption('scripted', options, 'confidence', 1),
    finishMs: numberOption('scripted', options, 'finishMs', 0),
    partialSamples: numberOption('scripted', options, 'partialMs', 200) * 16,
  });
}

class ScriptedStt implements SttEngine {
  readonly capabilities = { streaming: true, confidence: true, languages: ['*'] };
  openStreams = 0;
  constructor(private readonly script: Script) {}

  open({ onPartial }: { language: string; onPartial: (text: string) => void }): SttStream {
    this.openStreams++;
    const { texts, partialSamples, confidence } = this.script;
    if (texts.some((text) => text.includes('/')))
      return new PiecesStream(texts, partialSamples / 160, onPartial, confidence, () => this.openStreams--);
    return new ScriptedStream(this.script, onPartial, () => this.openStreams--);
  }

  async warmUp(): Promise<void> {}
  async close(): Promise<void> {}
}

class ScriptedStream implements SttStream {
  #utterance = 0;
  #heard = 0;
  #partial = '';
  #closed = false;
  constructor(
    private readonly script: Script,
    private readonly onPartial: (text: string) => void,
    private readonly onClose: () => void,
  ) {}

  accept(samples: Int16Array): void {
    if (this.#closed) return;
    this.#heard += samples.length;
    const words = this.#text().split(' ');
    const partial = words.slice(0, Math.floor(this.#heard / this.script.partialSamples)).join(' ');
    if (partial !== this.#partial) this.onPartial(partial);
    this.#partial = partial;
  }

  pause(): void {}

  async finish(): Promise<Transcript> {
    if (this.#closed) throw fault('ENGINE_FAILED', 'scripted', 'the stream is closed');
    const text = this.#text();
    this.#utterance++;
    this.reset();
    if (this.script.finishMs > 0) await delay(this.script.finishMs);
    return { text, confidence: text === '' ? undefined : this.script.confidence };
  }

  reset(): void {
    this.#heard = 0;
    this.#partial = '';
  }

  close(): void {
    if (!this.#closed) this.onClose();
    this.#closed = true;
  }

  #text(): string {
    return this.script.texts[this.#utterance % this.script.texts.length] ?? '';
  }
}
