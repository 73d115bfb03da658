import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activePower, fadeEdges, VoiceLevel } from '../../src/pipeline/voice-level.js';

const rateHz = 16000;
const tone = (amplitude: number, ms: number): Float32Array =>
  Float32Array.from({ length: (rateHz * ms) / 1000 }, (_, i) => amplitude * Math.sin((2 * Math.PI * 300 * i) / rateHz));
const levelDb = (samples: Float32Array): number => 10 * Math.log10(activePower(samples, rateHz));
const withGap = (samples: Float32Array): Float32Array => Float32Array.from([...samples, ...new Float32Array(rateHz)]);

test('a loud and a soft voice come out at the same level', () => {
  for (const amplitude of [0.06, 0.1, 0.3, 0.5])
    assert.ok(Math.abs(levelDb(new VoiceLevel(-20).even(tone(amplitude, 1000), rateHz)) + 20) < 0.1, String(amplitude));
});

test('a gap in a sentence does not make it louder', () => {
  assert.ok(Math.abs(levelDb(withGap(tone(0.3, 1000))) - levelDb(tone(0.3, 1000))) < 0.1);
});

test('a voice keeps its own ups and downs: one soft sentence is not pulled up to the rest', () => {
  const level = new VoiceLevel(-20);
  for (let sentence = 0; sentence < 20; sentence++) level.even(tone(0.3, 500), rateHz);
  const soft = levelDb(level.even(tone(0.15, 500), rateHz));
  assert.ok(soft < -24 && soft > -27, String(soft));
});

test('nothing is amplified without end, and silence stays silence', () => {
  const whisper = new VoiceLevel(-20).even(tone(0.001, 500), rateHz);
  assert.ok(Math.max(...whisper) < 0.0041);
  assert.deepEqual(new VoiceLevel(-20).even(new Float32Array(800), rateHz), new Float32Array(800));
});

test('peaks are bent under full scale', () => {
  const peaky = tone(0.1, 1000).map((sample, i) => (i % 4000 === 13 ? 0.9 : sample));
  const even = new VoiceLevel(-10).even(peaky, rateHz);
  assert.ok(Math.max(...even) <= 1);
  assert.ok(Math.max(...even) > 0.8);
});

test('a level of 0 leaves a voice as it is', () => {
  const samples = tone(0.9, 100);
  assert.equal(new VoiceLevel(0).even(samples, rateHz), samples);
});

test('a sentence begins and ends at zero, however short it is', () => {
  for (const length of [0, 1, 7, 4000]) {
    const faded = fadeEdges(new Int16Array(length).fill(10_000), rateHz);
    assert.equal(faded[0] ?? 0, 0);
    assert.equal(faded.at(-1) ?? 0, 0);
    const steps = faded.subarray(1).map((sample, i) => Math.abs(sample - (faded[i] ?? 0)));
    if (length > 100) assert.ok(Math.max(...steps) <= 10_000 / 31, 'no step that clicks');
  }
});
