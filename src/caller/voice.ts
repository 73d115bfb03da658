/** What the caller says: a text in a synthetic voice, or a recording; and its way to the line's rate. */
import type { TtsEngine } from '../engines/engine.js';
import { mono } from '../engines/wav.js';
import { loadAddon } from '../media/addon.js';
import { readWav } from './wav.js';

/** int16 samples and their rate. */
export interface Sound {
  samples: Int16Array;
  rateHz: number;
}

/**
 * A voice taken for one of a higher rate sounds higher and quicker (here 9 %), so that two sides that share a voice
 * can be told apart in a recording; the synthesis is slowed down by as much.
 */
const raise = { fromHz: 22050, toHz: 24000, speed: 0.92 };

/** Speaks a text; rejects when the engine fails. */
export async function speak(engine: TtsEngine, text: string): Promise<Sound> {
  const pieces: Float32Array[] = [];
  let rateHz = raise.toHz;
  const options = { voice: '', speed: raise.speed, signal: new AbortController().signal };
  for await (const speech of engine.synthesize(text, options)) {
    pieces.push(speech.samples);
    rateHz = speech.rateHz === raise.fromHz ? raise.toHz : speech.rateHz;
  }
  return { samples: joined(pieces), rateHz };
}

/** A WAV file as one channel. Throws NOT_SUPPORTED. */
export function fromWav(path: string): Sound {
  const wav = readWav(path);
  return { samples: mono(wav), rateHz: wav.rateHz };
}

/** All of a sound at another rate, the filter's tail included. */
export function resample({ samples, rateHz }: Sound, toHz: number): Int16Array {
  if (rateHz === toHz) return samples;
  const resampler = new (loadAddon().Resampler)(rateHz, toHz);
  const output = new Int16Array(resampler.outputBound(samples.length) + resampler.outputBound(1024));
  const count = resampler.process(samples, output);
  return output.slice(0, count + resampler.flush(output.subarray(count)));
}

function joined(pieces: readonly Float32Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces)
    for (const sample of piece) all[at++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));
  return all;
}
