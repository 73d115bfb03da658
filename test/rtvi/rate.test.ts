import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimit } from '../../src/rtvi/rate.js';

const options = { perSecond: 10, burst: 3, patience: 2 };

test('a burst passes, more is refused, much more is a flood', () => {
  const limit = new RateLimit(options, 0);
  const verdicts = Array.from({ length: 7 }, () => limit.take(0));
  assert.deepEqual(verdicts, ['pass', 'pass', 'pass', 'refuse', 'refuse', 'flood', 'flood']);
});

test('what passes in between does not hide a flood', () => {
  const limit = new RateLimit(options, 0);
  // A hundred a second where ten are allowed.
  const verdicts = Array.from({ length: 100 }, (_, index) => limit.take(index * 10));
  assert.equal(verdicts.at(-1), 'flood');
});

test('time fills the bucket again, up to the burst, and forgives', () => {
  const limit = new RateLimit(options, 0);
  for (let sent = 0; sent < 5; sent++) limit.take(0);
  assert.equal(limit.take(101), 'pass');
  assert.equal(limit.take(101), 'refuse');
  assert.deepEqual(
    Array.from({ length: 4 }, () => limit.take(60_000)),
    ['pass', 'pass', 'pass', 'refuse'],
  );
});
