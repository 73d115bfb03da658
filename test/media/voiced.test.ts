import assert from 'node:assert/strict';
import { test } from 'node:test';
import { voicedEnd, voicedStart } from '../../src/media/voiced.js';

const rateHz = 8000;
/** Silence, a tone, silence; lengths in milliseconds. */
function tone(beforeMs: number, toneMs: number, afterMs: number, amplitude: number): Int16Array {
  const per = rateHz / 1000;
  return Int16Array.from({ length: (beforeMs + toneMs + afterMs) * per }, (_, i) => {
    const voiced = i >= beforeMs * per && i < (beforeMs + toneMs) * per;
    return voiced ? amplitude * Math.sin((2 * Math.PI * 400 * i) / rateHz) : 0;
  });
}

test('finds where the voice begins and ends, to 10 ms', () => {
  const samples = tone(100, 250, 300, 8000);
  assert.equal(voicedStart(samples, rateHz), 800);
  assert.equal(voicedEnd(samples, rateHz), 2800);
});

test('silence and faint noise have no voice', () => {
  for (const amplitude of [0, 50]) {
    const samples = tone(0, 500, 0, amplitude);
    assert.equal(voicedStart(samples, rateHz), samples.length);
    assert.equal(voicedEnd(samples, rateHz), 0);
  }
});
