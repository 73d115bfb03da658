/**
 * The features of Whisper (Radford et al. 2022; 80 Slaney mels of 25 ms each 10 ms) over the last 8 s, as smart-turn v3
 * takes them: the samples at the end, silence before them, mean 0 and variance 1.
 */
import { bins, frameSamples, powerSpectra } from './fourier.js';

const rateHz = 16000;
const hop = 160;
export const mels = 80;
export const melFrames = 800;
export const windowSamples = melFrames * hop;

const hann = Float64Array.from(
  { length: frameSamples },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / frameSamples),
);

/** Slaney's scale: linear below 1 kHz, logarithmic above. */
const hertzOf = (mel: number): number =>
  mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp((Math.log(6.4) / 27) * (mel - 15));
const melOf = (hertz: number): number =>
  hertz < 1000 ? (3 * hertz) / 200 : 15 + (27 / Math.log(6.4)) * Math.log(hertz / 1000);

interface Filter {
  from: number;
  weights: Float64Array;
}

/** One triangle of the bank, of area 1. */
function filter(index: number): Filter {
  const edge = (n: number): number => hertzOf((melOf(rateHz / 2) * n) / (mels + 1));
  const [low, middle, high] = [edge(index), edge(index + 1), edge(index + 2)];
  const weights = Array.from({ length: bins }, (_, bin) => {
    const hertz = (bin * rateHz) / frameSamples;
    const height = Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
    return (Math.max(0, height) * 2) / (high - low);
  });
  const from = weights.findIndex((weight) => weight > 0);
  const to = weights.findLastIndex((weight) => weight > 0) + 1;
  return { from: Math.max(0, from), weights: Float64Array.from(from < 0 ? [] : weights.slice(from, to)) };
}
const filters = Array.from({ length: mels }, (_, index) => filter(index));

/** Padded in front to 8 s, normalised, and with half a frame mirrored at both ends. */
function prepared(samples: Int16Array): Float64Array {
  const half = frameSamples / 2;
  const kept = samples.subarray(Math.max(0, samples.length - windowSamples));
  const mean = kept.reduce((sum, sample) => sum + sample, 0) / 32768 / windowSamples;
  const squares = kept.reduce((sum, sample) => sum + (sample / 32768) ** 2, 0) / windowSamples;
  const scale = 1 / Math.sqrt(Math.max(0, squares - mean * mean) + 1e-7);
  const padded = new Float64Array(windowSamples + frameSamples).fill(-mean * scale);
  const start = half + windowSamples - kept.length;
  for (const [at, sample] of kept.entries()) padded[start + at] = (sample / 32768 - mean) * scale;
  for (let n = 0; n < half; n++) {
    padded[half - 1 - n] = padded[half + 1 + n] ?? 0;
    padded[half + windowSamples + n] = padded[half + windowSamples - 2 - n] ?? 0;
  }
  return padded;
}

/** 80 × 800 features, mel by mel. */
export function logMel(samples: Int16Array): Float32Array {
  const padded = prepared(samples);
  const silent = silentFrames(samples.length);
  const out = new Float32Array(mels * melFrames);
  const [a, b] = [new Float64Array(frameSamples), new Float64Array(frameSamples)];
  const [powerA, powerB] = [new Float64Array(bins), new Float64Array(bins)];
  for (let frame = 0; frame < melFrames; frame += 2) {
    if (frame > 2 && frame + 1 < silent) {
      repeat(out, frame);
      continue;
    }
    for (let n = 0; n < frameSamples; n++) {
      a[n] = (padded[frame * hop + n] ?? 0) * (hann[n] ?? 0);
      b[n] = (padded[(frame + 1) * hop + n] ?? 0) * (hann[n] ?? 0);
    }
    powerSpectra(a, b, powerA, powerB);
    writeMels(powerA, out, frame);
    writeMels(powerB, out, frame + 1);
  }
  return compressed(out);
}

/** Frames that lie whole in the silence before the samples: all of them are alike. */
const silentFrames = (samples: number): number =>
  Math.floor(Math.max(0, windowSamples - samples - frameSamples / 2) / hop);

/** The pair of frames is as the one before. */
function repeat(out: Float32Array, frame: number): void {
  for (let at = frame; at < out.length; at += melFrames) out.copyWithin(at, at - 2, at);
}

function writeMels(power: Float64Array, out: Float32Array, frame: number): void {
  for (const [mel, { from, weights }] of filters.entries()) {
    let sum = 0;
    for (let n = 0; n < weights.length; n++) sum += (weights[n] ?? 0) * (power[from + n] ?? 0);
    out[mel * melFrames + frame] = Math.log10(Math.max(1e-10, sum));
  }
}

/** Eight decades below the loudest, brought to about -1..1. */
function compressed(out: Float32Array): Float32Array {
  const floor = out.reduce((most, value) => Math.max(most, value), -10) - 8;
  for (let at = 0; at < out.length; at++) out[at] = (Math.max(out[at] ?? 0, floor) + 4) / 4;
  return out;
}
