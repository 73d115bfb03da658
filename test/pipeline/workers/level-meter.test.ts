import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventBody } from '../../../src/pipeline/events.js';
import { LevelMeter } from '../../../src/pipeline/workers/level-meter.js';
import { PlayedRing } from '../../support/played-ring.js';

const rateHz = 8000;
const loud = (samples: number) => Int16Array.from({ length: samples }, (_, n) => (n % 8 < 4 ? 12000 : -12000));
const windowOf = (samples: Int16Array) => samples.subarray(0, 512);

function metered() {
  const spoken = new PlayedRing();
  const told: EventBody[] = [];
  const meter = new LevelMeter(spoken.ring, rateHz, (body) => void told.push(body));
  /** Windows of 32 ms in which the bot's audio plays on. */
  const pass = (windows: number, user: Int16Array) => {
    for (let count = 0; count < windows; count++) {
      spoken.play(256);
      meter.hear(windowOf(user));
    }
  };
  const levels = (side: string) =>
    told.splice(0).flatMap((body) => (body.type === 'audio-level' && body.side === side ? [body.level] : []));
  return { spoken, meter, pass, levels };
}

test('nothing is told while nobody watches', () => {
  const { meter, pass, levels } = metered();
  pass(50, loud(512));
  assert.deepEqual(levels('user'), []);
  meter.watch(true);
  pass(50, loud(512));
  assert.ok(levels('user').length > 0);
  meter.watch(false);
  pass(50, loud(512));
  assert.deepEqual(levels('user'), []);
});

test('a level at most each 150 ms, and silence once', () => {
  const { meter, pass, levels } = metered();
  meter.watch(true);
  pass(100, loud(512));
  const told = levels('user');
  assert.ok(told.length >= 15 && told.length <= 3200 / 150, `${told.length} levels in 3.2 s`);
  assert.ok(told.every((level) => level > 0.8 && level <= 1));
  pass(100, new Int16Array(512));
  const fading = levels('user');
  assert.equal(fading.filter((level) => level === 0).length, 1);
  assert.equal(fading.at(-1), 0);
});

test('the bot is as loud as what was sent, not as what is written', () => {
  const { spoken, meter, pass, levels } = metered();
  meter.watch(true);
  spoken.ring.write(loud(8000), spoken.ring.epoch);
  spoken.ring.pause();
  pass(30, new Int16Array(512));
  assert.deepEqual(levels('bot'), []);
  spoken.ring.resume();
  pass(25, new Int16Array(512));
  assert.ok(levels('bot').some((level) => level > 0.8));
});

test('what a discard skipped was never loud', () => {
  const { spoken, meter, pass, levels } = metered();
  meter.watch(true);
  spoken.ring.write(loud(200_000), spoken.ring.epoch);
  spoken.ring.discard();
  pass(20, new Int16Array(512));
  assert.deepEqual(levels('bot'), []);
});
