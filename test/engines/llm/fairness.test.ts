/** Calls that share one model: nobody waits for another's long answer or prompt, and every sequence comes back. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ChatMessage, GenerateOptions, LlmEngine, LlmSequence } from '../../../src/engines/engine.js';
import { openLlama } from '../../../src/engines/llm/llama.js';
import { testFolder } from '../../support/tiny-models/folder.js';
import { writeTinyGguf } from '../../support/tiny-models/gguf.js';

const CALLS = 8;
const options = (more: Partial<GenerateOptions> = {}): GenerateOptions => ({
  temperature: 0,
  maxTokens: 6,
  signal: new AbortController().signal,
  onText: () => {},
  ...more,
});
const asks = (content: string): ChatMessage[] => [{ role: 'user', content }];
/** About 600 tokens of the tiny model: several rounds, however they are shared. */
const longPrompt = (call: number): ChatMessage[] => [
  { role: 'system', content: `You are clerk ${call}. ${'Answer in a few words, as clerks do. '.repeat(18)}` },
];

let engine: LlmEngine;
before(async () => {
  const model = await writeTinyGguf(join(testFolder(), 'tiny.gguf'));
  engine = await openLlama({ model, contextTokens: 1024, sequences: CALLS, threads: 1 });
  await engine.warmUp();
});
after(() => engine.close());

const openAll = () => Promise.all(Array.from({ length: CALLS }, () => engine.open()));
const closeAll = async (sequences: readonly LlmSequence[]) => {
  await Promise.all(sequences.map((sequence) => sequence.close()));
  assert.equal(engine.openSequences, 0);
};

test('a short answer is over when those that talk on have had about as many words', async () => {
  const [short, ...others] = await openAll();
  const stop = new AbortController();
  const words = others.map(() => 0);
  const all = others.map((sequence, call) => {
    const onText = () => {
      words[call] = (words[call] ?? 0) + 1;
    };
    return sequence.generate(asks(`Talk, ${call}.`), options({ maxTokens: 900, signal: stop.signal, onText }));
  });
  while (words.some((count) => count < 3)) await new Promise(setImmediate);
  const before = [...words];
  const answer = await short?.generate(asks('Hello?'), options());
  const meanwhile = words.map((count, call) => count - (before[call] ?? 0));
  stop.abort();
  assert.equal(answer?.completionTokens, 6);
  // A round for each of its tokens and two for its prompt; nobody else is left out of them either.
  for (const count of meanwhile) assert.ok(count >= 2 && count <= 16, meanwhile.join(' '));
  assert.deepEqual(new Set((await Promise.all(all)).map(({ stop: why }) => why)), new Set(['abort']));
  await closeAll([short as LlmSequence, ...others]);
});

test('prompts that are read ahead hold up neither an answer nor one another', async () => {
  const [short, ...others] = await openAll();
  const read: number[] = [];
  const reading = others.map((sequence, call) => sequence.prepare(longPrompt(call)).then(() => void read.push(call)));
  const answer = await short?.generate(asks('Hello?'), options());
  assert.equal(answer?.completionTokens, 6);
  assert.deepEqual(read, [], 'the answer came before any prompt was read');
  await Promise.all(reading);
  assert.equal(read.length, CALLS - 1);
  await closeAll([short as LlmSequence, ...others]);
});

test('who asks while all the others read their prompts is answered in his turn, all of them', async () => {
  const sequences = await openAll();
  const answers = await Promise.all(
    sequences.map((sequence, call) => sequence.generate([...longPrompt(call), ...asks('Hello?')], options())),
  );
  assert.deepEqual(
    answers.map(({ completionTokens }) => completionTokens),
    sequences.map(() => 6),
  );
  await closeAll(sequences);
});

describe('a sequence comes back as good as new', () => {
  const question = asks('Hello?');
  let expected: string;
  before(async () => {
    const fresh = await engine.open();
    expected = (await fresh.generate(question, options())).text;
    await fresh.close();
  });

  const paths: [string, (sequence: LlmSequence, abort: AbortController) => Promise<unknown>][] = [
    ['of a call that never asked', async () => undefined],
    ['aborted before it began', (sequence) => sequence.generate(question, options({ signal: AbortSignal.abort() }))],
    [
      'aborted while its prompt is read',
      async (sequence, abort) => {
        const answer = sequence.generate([...longPrompt(0), ...question], options({ signal: abort.signal }));
        await new Promise(setImmediate);
        abort.abort();
        assert.equal((await answer).stop, 'abort');
      },
    ],
    [
      'aborted in the middle of its answer',
      async (sequence, abort) => {
        const onText = () => abort.abort();
        const answer = await sequence.generate(question, options({ maxTokens: 400, signal: abort.signal, onText }));
        assert.equal(answer.stop, 'abort');
      },
    ],
    [
      'whose listener throws',
      async (sequence) => {
        const onText = () => {
          throw new Error('nobody listens');
        };
        const answer = sequence.generate(question, options({ onText }));
        await assert.rejects(answer, { code: 'ENGINE_FAILED', message: /nobody listens/ });
      },
    ],
    [
      'with a tool of which no grammar can be made',
      async (sequence) => {
        const parameters = { type: 'object', properties: { day: { const: { of: 'the week' } } } };
        const tools = [{ name: 'open', description: 'opening hours', parameters }];
        await assert.rejects(sequence.generate(question, options({ tools })), { code: 'ENGINE_FAILED' });
      },
    ],
    [
      'closed while its prompt is read ahead',
      async (sequence) => {
        void sequence.prepare(longPrompt(1));
        await new Promise(setImmediate);
        void sequence.close();
      },
    ],
    [
      'closed in the middle of its answer',
      async (sequence) => {
        const answer = new Promise<void>((resolve) => {
          void sequence.generate(question, options({ maxTokens: 400, onText: () => resolve() }));
        });
        await answer;
        void sequence.close();
      },
    ],
  ];
  for (const [what, walk] of paths)
    test(what, async () => {
      const used = await openAll();
      await Promise.all(used.map((sequence) => walk(sequence, new AbortController())));
      await closeAll(used);
      const again = await openAll();
      for (const sequence of again) assert.equal((await sequence.generate(question, options())).text, expected);
      await closeAll(again);
    });
});
