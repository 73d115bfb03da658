/** What a worker that replaces another is told of the conversation: bounded, and never without the prompt. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatMessage } from '../../src/engines/engine.js';
import { CallMemory } from '../../src/pipeline/call-memory.js';

const said = (count: number): ChatMessage[] =>
  Array.from({ length: count }, (_, index) => ({ role: 'user', content: `message ${index}` }));
const prompt: ChatMessage = { role: 'system', content: 'Be short.' };

test('of too many messages the prompt and the newest are kept', () => {
  const memory = new CallMemory(prompt.content);
  for (const message of said(100)) memory.append(message);
  assert.equal(memory.messages.length, 64);
  assert.deepEqual([memory.messages[0], memory.messages.at(-1)], [prompt, said(100).at(-1)]);
});

test('a context that fills the memory does not push the prompt out', () => {
  const memory = new CallMemory(prompt.content);
  memory.replace(said(64));
  assert.equal(memory.messages.length, 64);
  assert.deepEqual([memory.messages[0], memory.messages.at(-1)], [prompt, said(64).at(-1)]);
});

test('a prompt that comes with the context takes the place of the old one', () => {
  const memory = new CallMemory(prompt.content);
  const other: ChatMessage = { role: 'system', content: 'Be kind.' };
  memory.replace([other, ...said(2)]);
  assert.deepEqual(memory.messages, [other, ...said(2)]);
});
