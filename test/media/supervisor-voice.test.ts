import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateSupervisorRing, SpokenRing } from '../../src/media/sample-ring.js';
import { SupervisorVoice } from '../../src/media/supervisor-voice.js';
import { rms } from '../../src/media/voiced.js';
import { tone } from '../support/parrot.js';

const lineRateHz = 8000;

for (const rateHz of [8000, 11_025, 16_000, 44_100, 48_000])
  test(`a voice at ${rateHz} Hz comes to the line rate, behind a cushion of silence`, () => {
    const ring = new SpokenRing(allocateSupervisorRing());
    const voice = new SupervisorVoice(ring, lineRateHz);
    const whole = tone(500, 300, rateHz);
    const step = Math.round(rateHz / 50);
    for (let at = 0; at < whole.length; at += step) voice.speak(whole.subarray(at, at + step), rateHz);
    const samples = ring.copy(0, ring.written);
    assert.ok(Math.abs(samples.length - 360 * 8) < 60, `${samples.length} samples`);
    assert.equal(rms(samples, 0, 470), 0);
    assert.ok(Math.abs(rms(samples, 560, 2700) - 8000 / Math.SQRT2) < 100, 'no hole between two frames');
    assert.equal(voice.droppedMs, 0);
  });

test('what is over half a second is dropped and counted', () => {
  const ring = new SpokenRing(allocateSupervisorRing());
  const voice = new SupervisorVoice(ring, lineRateHz);
  for (let frame = 0; frame < 50; frame++) voice.speak(tone(500, 20, 8000), 8000);
  assert.equal(ring.waiting, 4000);
  assert.equal(voice.droppedMs, 560);
});
