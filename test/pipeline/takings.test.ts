import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Takings } from '../../src/pipeline/takings.js';

const roles = ['speech', 'language', 'voice'] as const;

test('a call is taken when every worker has it', async () => {
  const takings = new Takings();
  const taken = takings.of('a', roles);
  for (const role of roles) takings.took('a', role);
  await taken;
  takings.took('a', 'voice');
  assert.equal(takings.size, 0);
});

test('the first refusal is told, what comes after it changes nothing', async () => {
  const takings = new Takings();
  const taken = takings.of('a', roles);
  takings.refused('a', new Error('no room'));
  takings.took('a', 'speech');
  await assert.rejects(taken, /no room/);
  assert.equal(takings.size, 0);
});

test('a call that ends meanwhile is waited for no longer', async () => {
  const takings = new Takings();
  const taken = takings.of('a', roles);
  takings.giveUp('a');
  await taken;
  assert.equal(takings.size, 0);
});
