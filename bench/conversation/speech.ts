/** The caller's sound: espeak's voice, cut to so much voiced sound that the scripted recogniser counts its words. */

import { prepareLines } from '../../src/caller/lines.js';
import { resample } from '../../src/caller/voice.js';
import type { Config } from '../../src/config/schema.js';
import type { TtsEngine } from '../../src/engines/engine.js';
import { openEngine } from '../../src/engines/registry.js';
import { voicedSteps } from '../../src/engines/stt/scripted-pieces.js';
import { loadAddon } from '../../src/media/addon.js';
import { stepMs, voicedEnd, voicedStart } from '../../src/media/voiced.js';
import { type Line, pauseMs, script, wordMs, wordsOf } from './script.js';

const rateHz = 8000;
const step = (rateHz * stepMs) / 1000;

async function spoken(engine: TtsEngine, text: string): Promise<Int16Array> {
  const pieces: number[] = [];
  let from = rateHz;
  const options = { voice: 'en', speed: 1, signal: new AbortController().signal };
  for await (const speech of engine.synthesize(text, options)) {
    from = speech.rateHz;
    for (const sample of speech.samples) pieces.push(Math.round(sample * 32767));
  }
  const resampler = new (loadAddon().Resampler)(from, rateHz);
  const out = new Int16Array(resampler.outputBound(pieces.length));
  return out.slice(0, resampler.process(Int16Array.from(pieces), out));
}

/** Repeats and cuts a sound until it has so much of voice, without silence before it. */
function lasting(sound: Int16Array, ms: number): Int16Array {
  const voiced = Array.from({ length: Math.floor(sound.length / step) }, (_, at) => at).filter(
    (at) => voicedSteps(sound.subarray(at * step, (at + 1) * step), step) > 0,
  );
  const chosen = Array.from({ length: ms / stepMs }, (_, n) => voiced[n % voiced.length] ?? 0);
  return Int16Array.from(chosen.flatMap((at) => [...sound.subarray(at * step, (at + 1) * step)]));
}

/** Noise as of a cough: too short for words. */
function noise(ms: number): Int16Array {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
  return Int16Array.from({ length: (rateHz * ms) / 1000 }, (_, n) => 9000 * random() * Math.exp(-n / 600));
}

/** One sound for each line of the script, at 8 kHz, that the scripted recogniser can count. */
export async function countedSounds(): Promise<Int16Array[]> {
  const engine = await openEngine('tts', 'espeak', {});
  const out: Int16Array[] = [];
  for (const { kind, text } of script) {
    if (kind === 'noise') out.push(noise(250));
    else out.push(await sentence(engine, text));
  }
  await engine.close();
  return out;
}

async function sentence(engine: TtsEngine, text: string): Promise<Int16Array> {
  const samples: number[] = [];
  for (const [index, piece] of text.split('/').entries()) {
    if (index > 0) samples.push(...new Int16Array((rateHz * pauseMs) / 1000));
    samples.push(...lasting(await spoken(engine, piece), wordMs * wordsOf(piece).length));
  }
  return Int16Array.from(samples);
}

/** Lines in the voice of the demo. */
export async function voiceSounds(config: Config, lines: readonly Line[]): Promise<Int16Array[]> {
  const out: Int16Array[] = [];
  for (const { kind, text } of lines) {
    const pieces = text.split(' / ').map((piece) => ({ kind: 'text' as const, text: piece }));
    const pronounced = kind === 'noise' ? [] : await prepareLines(config, 'en', pieces);
    const spoken = pronounced.map((line) => trimmed(resample(line, rateHz)));
    out.push(kind === 'noise' ? noise(250) : withPauses(spoken));
  }
  return out;
}

const trimmed = (sound: Int16Array): Int16Array => sound.subarray(voicedStart(sound, rateHz), voicedEnd(sound, rateHz));

const withPauses = (pieces: readonly Int16Array[]): Int16Array => {
  const pause = Array.from(new Int16Array((rateHz * pauseMs) / 1000));
  return Int16Array.from(pieces.flatMap((piece, index) => (index === 0 ? [...piece] : [...pause, ...piece])));
};
