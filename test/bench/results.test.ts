/** A goal that is missed must be told as missed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bench } from '../../bench/bench.js';
import { judge, type Measured, section } from '../../bench/results.js';

const bench: Bench = {
  title: 'A bench',
  about: 'for a test',
  trials: 3,
  contenders: ['ours', 'peer', 'gone'].map((name) => ({ name, run: async () => ({}) })),
  goals: [
    { metric: 'ns', against: 'peer', ratio: 0.5 },
    { metric: 'ns', against: 'peer', ratio: 0.25, plus: 1 },
    { metric: 'ns', against: 'gone', ratio: 1 },
    { metric: 'ns', against: 'peer', ratio: 0.75, more: true },
    { metric: 'ms', atMost: 40 },
    { metric: 'calls', atLeast: 90 },
  ],
};
const measured: Measured = new Map([
  ['ours', [{ ns: 9, ms: 41, calls: 100 }, { ns: 5, ms: 41, calls: 80 }, { ns: 4 }]],
  ['peer', [{ ns: 10 }, { ns: 10 }, { ns: 11 }]],
  ['gone', [{ absent: 'it is not installed' }]],
]);

test('medians are judged against a ratio or a number', () => {
  assert.deepEqual(
    judge(bench, measured).map(({ reached }) => reached),
    [true, false, false, false, true],
  );
});

test('the section tells what was reached, missed and absent', () => {
  const text = section('a/bench', bench, measured);
  assert.match(text, /- reached: ns, 5\.00 against 10\.0 of peer \(0\.500 ×, at most 0\.5 ×\)/);
  assert.match(text, /- \*\*missed\*\*: ns, 5\.00 against 10\.0 of peer \(0\.500 ×, at most 0\.25 × \+ 1\)/);
  assert.match(text, /- \*\*missed\*\*: ns, 5\.00 against 10\.0 of peer \(0\.500 ×, at least 0\.75 ×\)/);
  assert.match(text, /- \*\*missed\*\*: ms, 41\.0 \(at most 40\)/);
  assert.match(text, /- reached: calls, 90\.0 \(at least 90\)/);
  assert.match(text, /- gone: not measured in every trial, it is not installed/);
});
