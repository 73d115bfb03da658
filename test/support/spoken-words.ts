/** Real speech for tests, by espeak, so that the real voice activity detection hears somebody speak. */
import { after } from 'node:test';
import type { TtsEngine } from '../../src/engines/engine.js';
import { openEngine } from '../../src/engines/registry.js';
import { spokenLayout } from '../../src/media/ring-layout.js';
import { SpokenRing } from '../../src/media/sample-ring.js';
import { SpokenWriter } from '../../src/media/spoken-writer.js';
import { voicedEnd, voicedStart } from '../../src/media/voiced.js';
import { gather } from '../../src/pipeline/workers/gather.js';

let engine: Promise<TtsEngine> | undefined;
after(async () => (await engine)?.close());

/** `text` as int16 at `rateHz`, without the silence before and after it. */
export async function spokenWords(text: string, rateHz = 8000): Promise<Int16Array> {
  engine ??= openEngine('tts', 'espeak', {});
  const options = { voice: 'en', speed: 1, signal: new AbortController().signal };
  const speech = await gather((await engine).synthesize(text, options));
  if (!speech) throw new Error(`espeak said nothing for ${text}`);
  const writer = new SpokenWriter(new SpokenRing(new SharedArrayBuffer(spokenLayout.bytes)), rateHz);
  const samples = writer.convert(speech.samples, speech.rateHz);
  return samples.slice(voicedStart(samples, rateHz), voicedEnd(samples, rateHz));
}

/** Silence of so many milliseconds. */
export const quiet = (ms: number, rateHz = 8000): Int16Array => new Int16Array((rateHz * ms) / 1000);

export { joined } from './tiny-models/sound.js';
