/** The search for the largest load must find it, and end; a server is judged only by callers that kept their own time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mostCarried, outcomeOf, verdictOf } from '../../bench/engine/capacity.js';

async function search(serverLimit: number, halvings: number, callersLimit = Number.POSITIVE_INFINITY) {
  const tried: number[] = [];
  const found = await mostCarried(async (calls) => {
    tried.push(calls);
    if (calls > callersLimit) return { verdict: 'callers broke', metrics: {} };
    return { verdict: calls <= serverLimit ? 'carried' : 'server broke', metrics: {} };
  }, halvings);
  return { outcome: outcomeOf(found), tried };
}

test('doubles, then narrows down', async () => {
  const tried = [250, 500, 1000, 2000, 1500, 1250];
  assert.deepEqual(await search(1100, 2), { outcome: { calls: 1000 }, tried });
  assert.deepEqual(await search(1100, 0), { outcome: { calls: 1000 }, tried: tried.slice(0, 4) });
});

test('ends where all or nothing is carried', async () => {
  const all = await search(Number.POSITIVE_INFINITY, 3);
  assert.deepEqual(all, { outcome: { 'calls, at least': 4000 }, tried: [250, 500, 1000, 2000, 4000] });
  assert.deepEqual(await search(0, 1), { outcome: { absent: 'it did not carry 125 calls' }, tried: [250, 125] });
});

test('who breaks first decides whether there is a number of calls', async () => {
  const { outcome: byCallers } = await search(1900, 2, 1600);
  assert.deepEqual(byCallers, { 'calls, at least': 1500, 'callers broke at': 1750 });
  const { outcome: byServer } = await search(1300, 2, 1600);
  assert.deepEqual(byServer, { calls: 1250 });
  const { outcome: none } = await search(1000, 0, 100);
  assert.deepEqual(none, { absent: 'the callers did not carry 250 calls' });
});

test('a load is carried, or broke the server or its callers', () => {
  const good = {
    'callers late %': 0.9,
    'pacing p99 us': 19_000,
    'lost %': 0.4,
    'bursts heard': 199,
    'wrong sounds': 2,
  };
  const table = [
    [{}, 'carried'],
    [{ 'callers late %': 1.1 }, 'callers broke'],
    [{ 'callers late %': 1.1, 'lost %': 20 }, 'callers broke'],
    [{ 'pacing p99 us': 21_000 }, 'server broke'],
    [{ 'lost %': 0.6 }, 'server broke'],
    [{ 'bursts heard': 197 }, 'server broke'],
    [{ 'wrong sounds': 3 }, 'server broke'],
  ] as const;
  for (const [seen, verdict] of table) assert.equal(verdictOf({ ...good, ...seen }, 100, 2), verdict);
});
