/** The caller's voice: text or a recording, to samples at the line rate. */
import type { TtsEngine } from '../engines/engine.js';
import { loadAddon } from '../media/addon.js';
import { mono, readWav } from './wav.js';

/**
 * Speaks a text. With `raised` its samples are taken for faster ones than they are, so that the voice is 9 % higher
 * and quicker: two sides with one voice can then be told apart in the recording.
 */
export async function speak(engine: TtsEngine, text: string, lineRateHz: number, raised = false): Promise<Int16Array> {
  const pieces: Int16Array[] = [];
  const options = { voice: '', speed: raised ? 0.92 : 1, signal: new AbortController().signal };
  for await (const { samples, rateHz } of engine.synthesize(text, options)) {
    const whole = Int16Array.from(samples, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32767))));
    pieces.push(resample(whole, raised && rateHz === 22050 ? 24000 : rateHz, lineRateHz));
  }
  return joined(pieces);
}

/** Samples of a WAV file at the line rate. Throws NOT_SUPPORTED. */
export function fromWav(path: string, lineRateHz: number): Int16Array {
  const wav = readWav(path);
  return resample(mono(wav), wav.rateHz, lineRateHz);
}

/** All of `samples` at another rate, the filter's tail included. */
export function resample(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (fromHz === toHz) return samples;
  const resampler = new (loadAddon().Resampler)(fromHz, toHz);
  const output = new Int16Array(resampler.outputBound(samples.length) + resampler.outputBound(1024));
  const count = resampler.process(samples, output);
  return output.slice(0, count + resampler.flush(output.subarray(count)));
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
