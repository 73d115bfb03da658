/** The search for the largest load must find it, and end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mostCarried } from '../../bench/engine/capacity.js';

async function search(limit: number, halvings: number) {
  const tried: number[] = [];
  const { calls } = await mostCarried(async (calls) => {
    tried.push(calls);
    return { carried: calls <= limit, metrics: {} };
  }, halvings);
  return { calls, tried };
}

test('doubles, then narrows down', async () => {
  assert.deepEqual(await search(1100, 2), { calls: 1000, tried: [250, 500, 1000, 2000, 1500, 1250] });
  assert.deepEqual(await search(1100, 0), { calls: 1000, tried: [250, 500, 1000, 2000] });
});

test('ends where all or nothing is carried', async () => {
  assert.deepEqual(await search(Number.POSITIVE_INFINITY, 3), { calls: 4000, tried: [250, 500, 1000, 2000, 4000] });
  assert.deepEqual(await search(0, 1), { calls: 0, tried: [250, 125] });
});
