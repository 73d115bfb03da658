/** Keys, silence and partial words: machines that are told the time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallerSilence } from '../../../src/pipeline/turn/caller-silence.js';
import { DigitCollector } from '../../../src/pipeline/turn/digit-collector.js';
import { StablePartial } from '../../../src/pipeline/turn/stable-partial.js';

test('digits are complete at the end key, after a pause, or when all expected ones are there', () => {
  const collector = new DigitCollector({ timeoutMs: 2000, endKey: '#' });
  assert.equal(collector.press('#', 0, 0), undefined, 'the end of nothing');
  assert.equal(collector.press('1', 0, 0), undefined);
  assert.equal(collector.press('2', 1900, 0), undefined);
  assert.equal(collector.poll(3899), undefined);
  assert.equal(collector.poll(3900), '12');
  assert.equal(collector.poll(9000), undefined);
  assert.equal(collector.press('4', 9000, 2), undefined);
  assert.equal(collector.pending, true);
  assert.equal(collector.press('2', 9100, 2), '42');
  assert.equal(collector.press('*', 9200, 0), undefined);
  assert.equal(collector.press('#', 9300, 0), '*');
  assert.equal(collector.pending, false);
});

test('with no end key, # is a digit like the others', () => {
  const collector = new DigitCollector({ timeoutMs: 2000, endKey: '' });
  collector.press('#', 0, 0);
  assert.equal(collector.poll(2000), '#');
});

test('a silent caller is asked twice, then let go; who answers is asked from the start', () => {
  const silence = new CallerSilence({ idleMs: 1000, prompts: 2 });
  const quiet = (ms: number) => silence.tick(ms, false);
  assert.equal(quiet(999), undefined);
  assert.deepEqual(quiet(1), { step: 'ask', prompt: 0 });
  assert.equal(silence.tick(5000, true), undefined, 'the prompt is being spoken');
  assert.equal(quiet(999), undefined);
  assert.deepEqual(quiet(1), { step: 'ask', prompt: 1 });
  silence.answered();
  assert.deepEqual(quiet(1000), { step: 'ask', prompt: 0 });
  assert.deepEqual(quiet(1000), { step: 'ask', prompt: 1 });
  assert.deepEqual(quiet(1000), { step: 'goodbye' });
  assert.equal(quiet(9000), undefined, 'it is said once');
});

test('0 never asks', () => {
  assert.equal(new CallerSilence({ idleMs: 0, prompts: 2 }).tick(1e9, false), undefined);
});

test('partial words are told once two hypotheses agree on them, and do not flicker', () => {
  const partial = new StablePartial();
  const told = ['I', 'I want', 'I want two', 'I want to', 'I want to know', 'I want', 'I want to know it'].map((text) =>
    partial.push(text),
  );
  assert.deepEqual(told, [undefined, 'I', 'I want', undefined, 'I want to', undefined, undefined]);
  assert.equal(partial.push('I want to know it all'), 'I want to know it');
  partial.reset();
  assert.equal(partial.push('hello'), undefined);
});
