import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { ToolCall } from '../../../src/engines/engine.js';
import type { EventBody } from '../../../src/pipeline/events.js';
import type { Tool, ToolDeed } from '../../../src/pipeline/tools/tool.js';
import { ToolSession } from '../../../src/pipeline/tools/tool-session.js';

const never = new AbortController().signal;
const tool = (name: string, deed: ToolDeed, more: Partial<Tool> = {}): Tool => ({
  name,
  description: '',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  deed,
  timeoutMs: 60_000,
  filler: {},
  fillerAfterMs: 0,
  maxCharacters: 60,
  ...more,
});
const call = (name: string, given: object = { city: 'Ankara' }): ToolCall => ({
  id: 'c1',
  name,
  arguments: { ...given },
});

function stage(...tools: Tool[]) {
  const events: EventBody[] = [];
  const acts: ToolCall[] = [];
  const host = { emit: (body: EventBody) => void events.push(body), act: (act: ToolCall) => void acts.push(act) };
  return { session: new ToolSession(host, tools), events, acts };
}

test('a client answers what is asked of it, and both ends of the call are told', async () => {
  const { session, events } = stage(tool('ask', { by: 'client' }));
  session.started(call('ask'), 3);
  const result = session.run(call('ask'), 3, never);
  await turnOfTheLoop();
  session.answer('c1', { degrees: 7 });
  assert.equal(await result, '{"degrees":7}');
  const [started, ended] = events;
  assert.ok(started?.type === 'function-call-started' && started.client && started.turn === 3);
  assert.ok(ended?.type === 'function-call-ended' && !ended.cancelled);
  assert.deepEqual(ended.result, { degrees: 7 });
});

test('arguments that do not fit the schema reach nobody: the model is told what was expected', async () => {
  const { session, acts } = stage(tool('do', { by: 'call', when: 'now' }));
  assert.match((await session.run(call('do', { city: 7 }), 0, never)) ?? '', /error.*\/city must be string/);
  assert.deepEqual(acts, []);
});

test('a tool that does not answer in time is a result that says so', async () => {
  const { session } = stage(tool('ask', { by: 'client' }, { timeoutMs: 20 }));
  assert.match((await session.run(call('ask'), 0, never)) ?? '', /error.*nothing came within 20 ms/);
});

test('a tool that does not exist is a result that says so', async () => {
  const { session } = stage();
  assert.match((await session.run(call('gone'), 0, never)) ?? '', /there is no tool gone/);
});

test('a turn that is cut off cancels its tool, and an answer after that reaches nobody', async () => {
  const { session, events } = stage(tool('ask', { by: 'client' }));
  const abort = new AbortController();
  const result = session.run(call('ask'), 0, abort.signal);
  await turnOfTheLoop();
  abort.abort();
  assert.equal(await result, undefined);
  session.answer('c1', 'late');
  assert.deepEqual(
    events.map((event) => event.type === 'function-call-ended' && [event.cancelled, event.result]),
    [[true, undefined]],
  );
});

test('a long result is cut off at the limit of its tool', async () => {
  const { session } = stage(tool('ask', { by: 'client' }));
  const result = session.run(call('ask'), 0, never);
  await turnOfTheLoop();
  session.answer('c1', 'x'.repeat(1000));
  assert.equal(await result, `${'x'.repeat(60)} (cut off)`);
});
