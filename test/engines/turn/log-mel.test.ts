import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bins, frameSamples, powerSpectra } from '../../../src/engines/turn/fourier.js';
import { logMel, melFrames, mels, windowSamples } from '../../../src/engines/turn/log-mel.js';

/** By the definition. */
function power(frame: Float64Array, bin: number): number {
  let re = 0;
  let im = 0;
  for (const [n, value] of frame.entries()) {
    re += value * Math.cos((2 * Math.PI * bin * n) / frameSamples);
    im -= value * Math.sin((2 * Math.PI * bin * n) / frameSamples);
  }
  return re * re + im * im;
}

test('two frames are transformed at once, as by the definition', () => {
  const a = Float64Array.from({ length: frameSamples }, (_, n) => Math.sin(n * n * 0.001) + 0.3);
  const b = Float64Array.from({ length: frameSamples }, (_, n) => Math.cos(n * 0.7) * (n % 5));
  const [first, second] = [new Float64Array(bins), new Float64Array(bins)];
  powerSpectra(a, b, first, second);
  for (let bin = 0; bin < bins; bin++) {
    assert.ok(Math.abs((first[bin] ?? 0) - power(a, bin)) < 1e-6, `first, bin ${bin}`);
    assert.ok(Math.abs((second[bin] ?? 0) - power(b, bin)) < 1e-6, `second, bin ${bin}`);
  }
});

/** A sweep from 200 Hz on, 2.5 s. */
const sweep = Int16Array.from({ length: 40000 }, (_, n) =>
  Math.round(8000 * Math.sin(2 * Math.PI * ((200 * n) / 16000 + 300 * (n / 16000) ** 2))),
);

test('features are those of the Whisper extractor of pipecat-ai 1.14.0 (numpy) for the same sound', () => {
  const features = logMel(sweep);
  const expected: [number, number, number][] = [
    [0, 0, -0.1956],
    [10, 100, -0.1956],
    [5, 560, 1.7122],
    [20, 600, 0.2977],
    [40, 700, -0.1956],
    [79, 799, 0.0195],
    [30, 799, 0.6226],
  ];
  for (const [mel, frame, value] of expected)
    assert.ok(Math.abs((features[mel * melFrames + frame] ?? 0) - value) < 1e-4, `mel ${mel}, frame ${frame}`);
  const mean = features.reduce((sum, value) => sum + value, 0) / features.length;
  assert.ok(Math.abs(mean + 0.13259) < 1e-4, `${mean}`);
});

test('only the last 8 s count, and silence is no error', () => {
  const long = new Int16Array(windowSamples + 40000);
  long.fill(5000, 0, 40000);
  long.set(sweep, windowSamples);
  assert.deepEqual(logMel(long), logMel(long.subarray(40000)));
  assert.equal(logMel(new Int16Array(0)).length, mels * melFrames);
  assert.ok(logMel(new Int16Array(0)).every(Number.isFinite));
});
