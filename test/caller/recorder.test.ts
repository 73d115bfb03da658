import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recorder } from '../../src/caller/recorder.js';

test('both tracks lie where their time says', () => {
  const recorder = new Recorder(1_000_000_000n);
  assert.equal(recorder.positionOf(1_000_500_000n), 8);
  recorder.place('caller', 2, Int16Array.of(1, 2));
  recorder.place('bot', 4, Int16Array.of(3, 4));
  const { channels, rateHz } = recorder.toWav();
  assert.equal(rateHz, 16000);
  assert.deepEqual(channels, [Int16Array.of(0, 0, 1, 2, 0, 0), Int16Array.of(0, 0, 0, 0, 3, 4)]);
});

test('what lies before the start is cut off, and the samples are copied', () => {
  const recorder = new Recorder(0n);
  const samples = Int16Array.of(1, 2, 3);
  recorder.place('caller', -2, samples);
  samples.fill(9);
  recorder.place('bot', -5, Int16Array.of(1));
  assert.deepEqual(recorder.toWav().channels, [Int16Array.of(3), Int16Array.of(0)]);
});

test('a recording has an end', () => {
  const recorder = new Recorder(0n);
  const limit = 16000 * 60 * 30;
  recorder.place('caller', limit - 1, Int16Array.of(1, 2, 3));
  recorder.place('bot', limit + 10, Int16Array.of(1));
  assert.equal(recorder.toWav().channels[0]?.length, limit);
});

test('a stream whose packets wobble has no gaps; one that really stopped has', () => {
  const recorder = new Recorder(0n);
  recorder.follow('bot', 100, Int16Array.of(1, 1));
  recorder.follow('bot', 107, Int16Array.of(2, 2));
  recorder.follow('bot', 3000, Int16Array.of(3, 3));
  const right = recorder.toWav().channels[1];
  assert.deepEqual(right?.slice(100, 105), Int16Array.of(1, 1, 2, 2, 0));
  assert.deepEqual(right?.slice(3000), Int16Array.of(3, 3));
});
