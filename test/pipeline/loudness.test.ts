import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Loudness } from '../../src/pipeline/loudness.js';

/** `seconds` of a sine of `hertz` at a peak of `dbfs`. */
function sine(rateHz: number, hertz: number, dbfs: number, seconds: number): Int16Array {
  const peak = 32767 * 10 ** (dbfs / 20);
  return Int16Array.from({ length: rateHz * seconds }, (_, n) =>
    Math.round(peak * Math.sin((2 * Math.PI * hertz * n) / rateHz)),
  );
}

function lufs(rateHz: number, samples: Int16Array): number {
  const loudness = new Loudness(rateHz);
  loudness.push(samples);
  return (loudness.level ?? Number.NaN) * 100 - 110;
}

for (const rateHz of [8000, 16000, 24000]) {
  // EBU Tech 3341, case 1: a sine of 1 kHz that peaks at -23 dBFS in two channels is -23 LUFS; one channel is 3 dB less.
  test(`1 kHz at ${rateHz} Hz measures as BS.1770 has it`, () => {
    assert.ok(Math.abs(lufs(rateHz, sine(rateHz, 1000, -23, 1)) + 26.01) < 0.15);
  });

  test(`what is low counts less, what is high more, at ${rateHz} Hz`, () => {
    const middle = lufs(rateHz, sine(rateHz, 1000, -20, 1));
    assert.ok(lufs(rateHz, sine(rateHz, 50, -20, 1)) < middle - 4);
    assert.ok(lufs(rateHz, sine(rateHz, 3000, -20, 1)) > middle + 2);
  });
}

test('nothing before there are 400 ms, and silence is 0', () => {
  const loudness = new Loudness(8000);
  loudness.push(new Int16Array(3199));
  assert.equal(loudness.level, undefined);
  loudness.push(new Int16Array(1));
  assert.equal(loudness.level, 0);
});

test('only the last 400 ms count', () => {
  const loudness = new Loudness(8000);
  loudness.push(sine(8000, 1000, -3, 2));
  assert.ok((loudness.level ?? 0) > 0.9);
  loudness.push(new Int16Array(3600));
  assert.ok((loudness.level ?? 1) < 0.1);
});
