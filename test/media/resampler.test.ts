/** The resampler as JavaScript sees it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadAddon } from '../../src/media/addon.js';

test('rates that are too far apart are refused with a word', () => {
  const { Resampler } = loadAddon();
  assert.throws(() => new Resampler(384_000, 8000), {
    name: 'RangeError',
    message: /at most 24 times.*384000 and 8000/,
  });
  assert.equal(new Resampler(192_000, 8000).outputBound(24), 3);
});
