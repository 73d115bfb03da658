/**
 * For tests: a deterministic voice. A text becomes a tone, 60 ms for each of its characters, in pieces of 100 ms. Each of
 * its voices `tone-HZ` has a pitch of its own, by which a call knows its bot.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../../errors.js';
import type { EngineOptions, Speech, TtsEngine } from '../engine.js';
import { numberOption } from '../options.js';

/** Options: `rateHz` (16000), `toneHz` (440), `characterMs` (60), `firstMs` (delay before the first piece, 0), `failOn`. */
export async function openScriptedTts(options: EngineOptions): Promise<TtsEngine> {
  return new ScriptedTts(
    numberOption('scripted', options, 'rateHz', 16000),
    numberOption('scripted', options, 'toneHz', 440),
    numberOption('scripted', options, 'characterMs', 60),
    numberOption('scripted', options, 'firstMs', 0),
    String(options.failOn ?? ''),
  );
}

/** 300 to 2975 Hz: a tenth of a second tells neighbours apart. */
export const tonesHz: readonly number[] = Array.from({ length: 108 }, (_, index) => 300 + 25 * index);
const toneVoice = /^tone-(\d+)$/;

class ScriptedTts implements TtsEngine {
  readonly voices = ['scripted', ...tonesHz.map((hz) => `tone-${hz}`)];
  constructor(
    private readonly rateHz: number,
    private readonly toneHz: number,
    private readonly characterMs: number,
    private readonly firstMs: number,
    private readonly failOn: string,
  ) {}

  async *synthesize(
    text: string,
    { voice, speed, signal }: { voice: string; speed: number; signal: AbortSignal },
  ): AsyncGenerator<Speech> {
    if (this.failOn !== '' && text.includes(this.failOn))
      throw fault('ENGINE_FAILED', 'scripted', `it was told ${this.failOn}`);
    await delay(this.firstMs, undefined, { signal }).catch(() => {});
    const total = Math.round((text.length * this.characterMs * this.rateHz) / 1000 / speed);
    const piece = this.rateHz / 10;
    const hz = Number(toneVoice.exec(voice)?.[1] ?? this.toneHz);
    for (let at = 0; at < total && !signal.aborted; at += piece)
      yield { samples: this.#tone(hz, at, Math.min(piece, total - at)), rateHz: this.rateHz };
  }

  async warmUp(): Promise<void> {}
  async close(): Promise<void> {}

  #tone(hz: number, from: number, count: number): Float32Array {
    const step = (2 * Math.PI * hz) / this.rateHz;
    return Float32Array.from({ length: count }, (_, at) => 0.3 * Math.sin(step * (from + at)));
  }
}
