import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ChatMessage, GenerateOptions, LlmEngine } from '../../../src/engines/engine.js';
import { openLlama } from '../../../src/engines/llm/llama.js';
import { testFolder } from '../../support/tiny-models/folder.js';
import { writeTinyGguf } from '../../support/tiny-models/gguf.js';

const SEQUENCES = 3;
const dir = testFolder();
const never = new AbortController().signal;
const options = (more: Partial<GenerateOptions> = {}): GenerateOptions => ({
  temperature: 0,
  maxTokens: 24,
  signal: never,
  onText: () => {},
  ...more,
});
const system: ChatMessage = { role: 'system', content: 'You are a bank.' };
const asks = (content: string): ChatMessage => ({ role: 'user', content });

describe('llama.cpp on a tiny random model', () => {
  let engine: LlmEngine;
  before(async () => {
    const model = await writeTinyGguf(join(dir, 'tiny.gguf'));
    engine = await openLlama({ model, contextTokens: 512, sequences: SEQUENCES, threads: 1 });
    await engine.warmUp();
  });
  after(() => engine.close());

  test('streams the text that it returns, and counts its tokens', async () => {
    const sequence = await engine.open();
    let streamed = '';
    const answer = await sequence.generate([system, asks('Hello?')], options({ onText: (text) => (streamed += text) }));
    assert.ok(answer.text.length > 0);
    assert.equal(streamed, answer.text);
    assert.ok(answer.completionTokens > 0 && answer.completionTokens <= 24, String(answer.completionTokens));
    assert.ok(answer.promptTokens > 10, String(answer.promptTokens));
    assert.ok(['end', 'length'].includes(answer.stop));
    await sequence.close();
  });

  test('stops at the token limit', async () => {
    const sequence = await engine.open();
    const answer = await sequence.generate([system, asks('Count.')], options({ maxTokens: 3 }));
    assert.equal(answer.stop, 'length');
    assert.ok(answer.completionTokens <= 3);
    await sequence.close();
  });

  test('an abort ends it at the next token, and the next answer is as if nothing had been', async () => {
    const [fresh, used] = [await engine.open(), await engine.open()];
    const prompt = [system, asks('Tell me something long.')];
    const expected = await fresh.generate(prompt, options());
    const abort = new AbortController();
    let pieces = 0;
    const onText = (): void => {
      pieces++;
      abort.abort();
    };
    const cut = await used.generate(
      [system, asks('Something else.')],
      options({ maxTokens: 400, signal: abort.signal, onText }),
    );
    assert.equal(cut.stop, 'abort');
    assert.equal(pieces, 1, 'nothing is streamed after the abort');
    assert.deepEqual((await used.generate(prompt, options())).text, expected.text);
    await Promise.all([fresh.close(), used.close()]);
  });

  test('a signal that is aborted before it begins gives an empty answer', async () => {
    const sequence = await engine.open();
    const answer = await sequence.generate([asks('Hello?')], options({ signal: AbortSignal.abort() }));
    assert.deepEqual([answer.text, answer.stop], ['', 'abort']);
    await sequence.close();
  });

  test('a history that grows gives what a fresh sequence gives for it', async () => {
    const [grown, fresh] = [await engine.open(), await engine.open()];
    const first = await grown.generate([system, asks('One?')], options());
    const conversation = [system, asks('One?'), { role: 'assistant' as const, content: first.text }, asks('Two?')];
    assert.equal(
      (await grown.generate(conversation, options())).text,
      (await fresh.generate(conversation, options())).text,
    );
    await Promise.all([grown.close(), fresh.close()]);
  });

  test('a history longer than the context is answered all the same', async () => {
    const sequence = await engine.open();
    const long = Array.from(
      { length: 40 },
      (_, at): ChatMessage => ({
        role: at % 2 === 0 ? 'user' : 'assistant',
        content: `This is message number ${at} of a long conversation.`,
      }),
    );
    const answer = await sequence.generate([system, ...long, asks('And now?')], options());
    assert.ok(answer.text.length > 0 && answer.promptTokens <= 512, String(answer.promptTokens));
    await sequence.close();
  });

  test('sequences generate at the same time, each its own answer', async () => {
    const sequences = await Promise.all(Array.from({ length: SEQUENCES }, () => engine.open()));
    const prompts = sequences.map((_, at) => [system, asks(`Question ${at}?`)]);
    const alone: string[] = [];
    for (const [at, sequence] of sequences.entries())
      alone.push((await sequence.generate(prompts[at] ?? [], options({ maxTokens: 4 }))).text);
    const together = await Promise.all(
      sequences.map((sequence, at) => sequence.generate(prompts[at] ?? [], options({ maxTokens: 4 }))),
    );
    assert.deepEqual(
      together.map(({ text }) => text),
      alone,
    );
    await Promise.all(sequences.map((sequence) => sequence.close()));
  });

  test('one more than there are is refused, and says which option to raise', async () => {
    const sequences = await Promise.all(Array.from({ length: SEQUENCES }, () => engine.open()));
    assert.equal(engine.openSequences, SEQUENCES);
    await assert.rejects(engine.open(), /all 3 sequences are in use; raise llm.sequences/);
    await Promise.all(sequences.map((sequence) => sequence.close()));
    assert.equal(engine.openSequences, 0);
  });

  test('one that is closed in the middle of an answer can be opened again at once', async () => {
    const sequences = await Promise.all(Array.from({ length: SEQUENCES }, () => engine.open()));
    const running = sequences.map((sequence) => sequence.generate([asks('Go on.')], options({ maxTokens: 400 })));
    for (const sequence of sequences) void sequence.close();
    const again = await Promise.all(sequences.map(() => engine.open()));
    assert.deepEqual(
      (await Promise.all(running)).map(({ stop }) => stop),
      ['abort', 'abort', 'abort'],
    );
    const answer = await again[0]?.generate([asks('Hello?')], options());
    assert.ok((answer?.text.length ?? 0) > 0);
    await Promise.all(again.map((sequence) => sequence.close()));
  });

  test('a second answer on a busy sequence, or one on a closed sequence, is refused', async () => {
    const sequence = await engine.open();
    const first = sequence.generate([asks('Hello?')], options());
    await assert.rejects(sequence.generate([asks('Hello?')], options()), /generating already/);
    await first;
    await sequence.close();
    await assert.rejects(sequence.generate([asks('Hello?')], options()), /closed/);
  });

  test('200 sequences opened and closed leave none behind', async () => {
    for (let count = 0; count < 200; count++) void (await engine.open()).close();
    assert.equal(engine.openSequences, 0);
  });
});

test('a file that is no model is a clear error', async () => {
  const model = join(dir, 'broken.gguf');
  await writeFile(model, 'this is not a model');
  await assert.rejects(openLlama({ model, contextTokens: 512, sequences: 1, threads: 1 }), { code: 'ENGINE_FAILED' });
});
