import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ChatMessage, LlmEngine, ToolSpec } from '../../../src/engines/engine.js';
import { CallReader } from '../../../src/engines/llm/call-reader.js';
import { openLlama } from '../../../src/engines/llm/llama.js';
import { chatHistory } from '../../../src/engines/llm/llama-history.js';
import { testFolder } from '../../support/tiny-models/folder.js';
import { writeTinyGguf } from '../../support/tiny-models/gguf.js';

const tools: ToolSpec[] = [
  {
    name: 'balance',
    description: 'of an account',
    parameters: { type: 'object', properties: { customer: { type: 'string' } }, required: ['customer'] },
  },
  { name: 'hang_up', description: 'ends the call', parameters: { type: 'object', properties: {} } },
];
const asks: ChatMessage[] = [
  { role: 'system', content: 'You are a bank.' },
  { role: 'user', content: 'Hello?' },
];

const written: [string, string[], string, unknown][] = [
  ['plain text', ['Good', ' morning.'], 'Good morning.', undefined],
  ['a call', ['{"name": "hang', '_up", "arguments": {}}'], '', ['hang_up', {}]],
  ['text before a call', ['Bye.{"na', 'me": "hang_up", "arguments": {}}'], 'Bye.', ['hang_up', {}]],
  ['a call in its marks', ['<tool_call>', '\n{"name": "a", "arguments": {"x": "}"}}'], '', ['a', { x: '}' }]],
  ['the arguments by their other name', ['{"name": "a", "parameters": {"x": 1}}'], '', ['a', { x: 1 }]],
  ['two calls', ['<tool_call>{"name":"a"}</tool_call>', '<tool_call>{"name":"b"}</tool_call>'], '', ['a', {}]],
  [
    'braces of another kind',
    ['I read {"customer"', ': 1} and <b>this</b>.'],
    'I read {"customer": 1} and <b>this</b>.',
    undefined,
  ],
  ['a call that was cut off', ['Well. {"name": "hang'], 'Well. ', undefined],
];
for (const [what, chunks, said, call] of written)
  test(`${what}: what is said goes on at once, a call never`, () => {
    const heard: string[] = [];
    const reader = new CallReader((text) => void heard.push(text));
    for (const chunk of chunks) reader.push(chunk);
    assert.equal(heard.join(''), said);
    assert.equal(reader.said, said);
    assert.deepEqual(reader.call && [reader.call.name, reader.call.arguments], call);
  });

test('tools are told in the system prompt; a call is the model’s words, and its result is what it reads next', () => {
  const call = { id: '1', name: 'balance', arguments: { customer: '12' } };
  const history = chatHistory([...asks, { role: 'tool', content: '10 TL', call }], tools);
  const [system, , model, result, answer] = history;
  assert.ok(system?.type === 'system' && String(system.text).includes('"name":"balance"'));
  assert.deepEqual(model, { type: 'model', response: ['{"name":"balance","arguments":{"customer":"12"}}'] });
  assert.ok(result?.type === 'user' && result.text.includes('10 TL'));
  assert.deepEqual(answer, { type: 'model', response: [] });
});

describe('the grammar, in llama.cpp on a tiny random model', () => {
  let engine: LlmEngine;
  before(async () => {
    const model = await writeTinyGguf(join(testFolder(), 'tiny.gguf'));
    engine = await openLlama({ model, contextTokens: 1024, sequences: 1, threads: 1 });
  });
  after(() => engine.close());

  const generate = async (callable: string[], temperature: number) => {
    const sequence = await engine.open();
    const options = { temperature, maxTokens: 60, signal: new AbortController().signal, onText: () => {} };
    return sequence.generate(asks, { ...options, tools, callable }).finally(() => sequence.close());
  };

  test('whatever it writes, no sign of a call is said', async () => {
    for (const temperature of [0, 1, 2]) {
      const { text, stop, call } = await generate(['balance', 'hang_up'], temperature);
      assert.doesNotMatch(text, /[{<`]/);
      assert.equal(stop === 'tool', call !== undefined);
    }
  });

  test('it calls nothing that it may not call now', async () => {
    const { text, call } = await generate([], 2);
    assert.doesNotMatch(text, /[{<`]/);
    assert.equal(call, undefined);
  });
});
