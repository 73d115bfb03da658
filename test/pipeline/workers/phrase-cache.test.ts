import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PhraseCache } from '../../../src/pipeline/workers/phrase-cache.js';

const key = (text: string) => ({ voice: 'joe', speed: 1, rateHz: 8000, text });

test('a phrase is found by voice, speed, rate and text together', () => {
  const cache = new PhraseCache();
  const samples = new Int16Array(10);
  cache.keep(key('hello'), samples);
  assert.equal(cache.find(key('hello')), samples);
  for (const other of [{ voice: 'ayşe' }, { speed: 1.1 }, { rateHz: 24000 }, { text: 'Hello' }])
    assert.equal(cache.find({ ...key('hello'), ...other }), undefined);
});

test('the one that nobody used for longest goes, and it never holds more than its limit', () => {
  const cache = new PhraseCache(100);
  for (const text of ['a', 'b']) cache.keep(key(text), new Int16Array(40));
  cache.find(key('a'));
  cache.keep(key('c'), new Int16Array(40));
  assert.deepEqual(
    ['a', 'b', 'c'].map((text) => cache.find(key(text)) !== undefined),
    [true, false, true],
  );
  cache.keep(key('c'), new Int16Array(60));
  assert.equal(cache.samples, 100);
  cache.keep(key('too long'), new Int16Array(101));
  assert.equal(cache.find(key('too long')), undefined);
});
