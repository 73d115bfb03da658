import assert from 'node:assert/strict';
import { test } from 'node:test';
import { felt, type Marks, partNames, partsNs } from '../../src/observer/parts.js';
import { ns, seeded } from './events.js';

/** Marks in milliseconds, by the order of `partNames`; undefined where the step was not reached. */
const marksOf = (start: number, steps: (number | undefined)[]): Marks => {
  const reached = partNames.flatMap((name, index) => {
    const ms = steps[index];
    return ms === undefined ? [] : [[name, ns(ms)] as const];
  });
  return { start: ns(start), ...Object.fromEntries(reached) };
};

const rows: [what: string, start: number, steps: (number | undefined)[], parts: number[], sum: number][] = [
  ['in order', 0, [40, 640, 645, 700, 900, 950, 1000, 1010], [40, 600, 5, 55, 200, 50, 50, 10], 1010],
  [
    'a transcript ahead of the decision',
    0,
    [40, 640, 645, 500, 900, 950, 1000, 1010],
    [40, 600, 5, 0, 255, 50, 50, 10],
    1010,
  ],
  [
    'the sentence is written after its first packet went out',
    0,
    [40, 640, 645, 700, 900, 950, 1200, 1010],
    [40, 600, 5, 55, 200, 50, 60, 0],
    1010,
  ],
  ['a mark before the start', 100, [40, 640, 645, 700, 900, 950, 1000, 1010], [0, 540, 5, 55, 200, 50, 50, 10], 910],
  [
    'a mark that is missing leaves its time to the next',
    0,
    [40, 640, 645, 700, undefined, 950, 1000, 1010],
    [40, 600, 5, 55, 0, 250, 50, 10],
    1010,
  ],
  ['no audio came', 0, [40, 640, 645, 700, 900, undefined, undefined, undefined], [40, 600, 5, 55, 200, 0, 0, 0], 900],
  ['nothing but the start', 5, [], [0, 0, 0, 0, 0, 0, 0, 0], 0],
];

for (const [what, start, steps, expected, sum] of rows)
  test(`parts: ${what}`, () => {
    const { partsMs, sumMs } = felt(marksOf(start, steps));
    assert.deepEqual(
      partNames.map((name) => partsMs[name]),
      expected,
    );
    assert.equal(sumMs, sum);
  });

test('parts of any marks are never negative and sum to the felt time to the nanosecond', () => {
  const random = seeded(7);
  for (let round = 0; round < 2000; round++) {
    const start = random() * 1000;
    const end = start + random() * 3000;
    const steps = partNames.map(() => (random() < 0.15 ? undefined : random() * 4000));
    steps[partNames.length - 1] = end;
    const marks = marksOf(start, steps);
    const parts = partNames.map((name) => partsNs(marks)[name]);
    assert.ok(
      parts.every((part) => part >= 0n),
      `round ${round}`,
    );
    assert.equal(
      parts.reduce((sum, part) => sum + part, 0n),
      ns(end) - ns(start),
      `round ${round}`,
    );
  }
});
