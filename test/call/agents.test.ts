import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentFor, agentNamed, matches } from '../../src/call/agents.js';

test('a pattern fits the whole name; * stands for anything, other signs for themselves', () => {
  assert.ok(matches('*', ''));
  assert.ok(matches('bank*', 'Bank-tr'));
  assert.ok(!matches('bank', 'bank2'));
  assert.ok(!matches('+90.5', '+9005'));
  assert.ok(matches('+90*', '+905321234567'));
});

const noTools = { tools: '', transfer_to: '' };

test('the first fitting agent answers', () => {
  const agent = (match: string) => ({
    prompt: '',
    greeting: match,
    greeting_interruptible: true,
    expect_digits: 0,
    apology: '',
    language: 'en',
    voice: '',
    match,
    ...noTools,
  });
  const agents = { a: agent('sales'), b: agent('s*'), c: agent('*') };
  assert.equal(agentFor(agents, 'sales').greeting, 'sales');
  assert.equal(agentFor(agents, 'support').greeting, 's*');
  assert.equal(agentFor({ a: agents.a }, 'x').greeting, 'sales', 'rather the first than none');
  assert.throws(() => agentFor({}, 'x'), /no agent/);
  assert.equal(agentNamed(agents, 'b')?.name, 'b');
  assert.equal(agentNamed(agents, 'toString'), undefined);
});
