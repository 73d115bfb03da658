/** The pure parts under the recognisers: silence, half the rate, audio that waits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HalfRate } from '../../../src/engines/stt/halfband.js';
import { PendingAudio } from '../../../src/engines/stt/pending-audio.js';
import { isTailQuiet, trimSilence } from '../../../src/engines/stt/silence.js';
import { buzz, joined, silence } from '../../support/tiny-models/sound.js';

const MS = 16;
const speech = buzz('low', 500);
const hum = (ms: number): Int16Array => Int16Array.from({ length: ms * MS }, (_, at) => 40 * Math.sin(at / 5));

describe('trimming silence', () => {
  const rows: [string, Int16Array, number][] = [
    ['nothing', new Int16Array(0), 0],
    ['only silence', silence(3000), 0],
    ['speech alone', speech, 500],
    ['short silences stay', joined(silence(100), speech, silence(100)), 700],
    ['long ends become 200 ms', joined(silence(3000), speech, silence(3000)), 900],
    ['a long gap becomes 400 ms', joined(speech, silence(3000), speech), 1400],
    ['a hum far below the speech is silence', joined(hum(3000), speech, hum(3000)), 900],
  ];
  for (const [name, sound, expectedMs] of rows)
    test(name, () => {
      const ms = trimSilence(sound).length / MS;
      assert.ok(Math.abs(ms - expectedMs) <= 40, `${ms} ms`);
    });
});

test('a tail is quiet beside the speech before it, or it is not', () => {
  assert.equal(isTailQuiet(joined(speech, hum(500)), speech.length), true);
  assert.equal(isTailQuiet(joined(speech, buzz('low', 100, 800)), speech.length), false);
  assert.equal(isTailQuiet(speech, speech.length), true);
});

describe('half the rate', () => {
  const sine = (hz: number): Int16Array =>
    Int16Array.from({ length: 16000 }, (_, at) => 10000 * Math.sin((2 * Math.PI * hz * at) / 16000));
  /** The amplitude of a sine of the same power. */
  const level = (samples: Int16Array): number => {
    const settled = samples.subarray(100);
    return Math.sqrt((2 * settled.reduce((sum, sample) => sum + sample * sample, 0)) / settled.length);
  };

  test('keeps what a telephone carries and stops what would fold back', () => {
    for (const hz of [100, 1000, 3000]) {
      const gain = level(new HalfRate().push(sine(hz))) / 10000;
      assert.ok(Math.abs(gain - 1) < 0.05, `${hz} Hz: ${gain}`);
    }
    for (const hz of [5000, 6000, 7900]) assert.ok(level(new HalfRate().push(sine(hz))) < 100, `${hz} Hz`);
  });

  test('gives the same samples however the sound is cut', () => {
    const sound = sine(700);
    const whole = new HalfRate().push(sound);
    const half = new HalfRate();
    const pieces: number[] = [];
    for (let at = 0, size = 1; at < sound.length; at += size, size = (size * 7 + 3) % 401)
      pieces.push(...half.push(sound.subarray(at, at + size)));
    assert.deepEqual(pieces, [...whole]);
    assert.equal(whole.length, 8000);
  });
});

describe('audio that waits', () => {
  test('is joined up to 400 ms, and never over the end of an utterance', () => {
    const audio = new PendingAudio();
    for (let frame = 0; frame < 30; frame++) audio.push(new Int16Array(320).fill(frame));
    audio.endUtterance();
    audio.push(new Int16Array(320).fill(99));
    const taken = Array.from({ length: 5 }, () => audio.next());
    assert.deepEqual(
      taken.map((next) => (typeof next === 'string' ? next : next?.length)),
      [6400, 3200, 'end', 320, undefined],
    );
  });

  test('keeps a copy: the line reuses its buffer', () => {
    const audio = new PendingAudio();
    const frame = new Int16Array(320).fill(5);
    audio.push(frame);
    frame.fill(6);
    const next = audio.next();
    assert.ok(next instanceof Int16Array && next.every((sample) => sample === 5));
  });

  test('is bounded, in samples and in utterances', () => {
    const audio = new PendingAudio();
    const second = new Int16Array(16000);
    const taken = Array.from({ length: 40 }, () => audio.push(second));
    assert.equal(taken.filter(Boolean).length, 30);
    assert.equal(Array.from({ length: 20 }, () => audio.endUtterance()).filter(Boolean).length, 8);
    audio.clear();
    assert.equal(audio.push(second) && audio.endUtterance(), true);
  });
});
