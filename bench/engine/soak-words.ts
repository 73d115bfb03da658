/** What the callers of the soak say: the same words, each so much of them that its utterance has a length of its own. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resample, speak } from '../../src/caller/voice.js';
import { openEngine } from '../../src/engines/registry.js';
import { loadAddon } from '../../src/media/addon.js';
import { rms, voicedEnd, voicedStart } from '../../src/media/voiced.js';

const rateHz = 8000;
const counting = 'one two three four five six seven eight nine ten eleven twelve';
const frameSamples = rateHz / 50;
const shortestMs = 600;
const spreadMs = 1800;

export interface SoakWords {
  folder: string;
  /** µ-law. */
  file: string;
  /** Of the call's utterance, of which so much is speech. */
  utterances: { samples: number; speechMs: number }[];
}

/**
 * So many samples that the last 20 ms are the loudest within 120 ms of `samples`: an utterance that is cut in a vowel
 * has a certain end. In a fricative it ends where the voice activity detection happens to say so.
 */
function cutInVowel(words: Int16Array, samples: number): number {
  const frames = Array.from({ length: 13 }, (_, at) => samples + (at - 6) * frameSamples);
  const loudness = (end: number): number => rms(words, end - frameSamples, end);
  return frames.reduce((best, end) => (loudness(end) > loudness(best) ? end : best));
}

/** Real speech by espeak, so that the real voice activity detection hears somebody speak. */
export async function speakWords(calls: number): Promise<SoakWords> {
  const engine = await openEngine('tts', 'espeak', { voice: 'en' });
  const all = resample(await speak(engine, counting), rateHz);
  await engine.close();
  const words = all.slice(voicedStart(all, rateHz), voicedEnd(all, rateHz));
  const folder = mkdtempSync(join(tmpdir(), 'oavc-soak-'));
  const file = join(folder, 'words.ulaw');
  const octets = new Uint8Array(words.length);
  loadAddon().g711Encode(0, words, octets);
  writeFileSync(file, octets);
  const utterances = Array.from({ length: calls }, (_, call) => {
    const frames = Math.round((shortestMs + (spreadMs * call) / calls) / 20);
    const samples = cutInVowel(words, frames * frameSamples);
    return { samples, speechMs: voicedEnd(words.subarray(0, samples), rateHz) / (rateHz / 1000) };
  });
  return { folder, file, utterances };
}
