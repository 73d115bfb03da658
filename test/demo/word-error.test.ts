import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { spokenWords, wordErrorRate } from '../../src/demo/word-error.js';

describe('word error rate', () => {
  const rows: [string, string, string, string, number][] = [
    ['the same', 'When do you open?', 'when do you open', 'en', 0],
    ['one of four changed', 'when do you open', 'when did you open', 'en', 0.25],
    ['one left out', 'when do you open', 'when you open', 'en', 0.25],
    ['one put in', 'when do you open', 'when do you all open', 'en', 0.25],
    ['all wrong and one more', 'one two', 'three four five', 'en', 1.5],
    ['nothing heard', 'one two', '', 'en', 1],
    ['nothing asked or heard', '', '...', 'en', 0],
    ['something heard though nothing was asked', '', 'hm', 'en', 1],
    ['apostrophes do not count', "I'm lost", 'im lost', 'en', 0],
    ['Turkish casing', 'IŞIK İSTİYORUM', 'ışık istiyorum', 'tr', 0],
    ['a word moved is left out and put in', 'a b c', 'b c a', 'en', 2 / 3],
  ];
  for (const [name, asked, heard, language, rate] of rows)
    test(name, () => assert.equal(wordErrorRate(asked, heard, language), rate));
});

test('dotless and dotted i differ in Turkish only', () => {
  assert.deepEqual(spokenWords('KAPI', 'tr'), ['kapı']);
  assert.deepEqual(spokenWords('KAPI', 'en'), ['kapi']);
});
