import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { ChatMessage, Generation, LlmEngine, LlmSequence } from '../../../src/engines/engine.js';
import { openLlama } from '../../../src/engines/llm/llama.js';
import { testFolder } from '../../support/tiny-models/folder.js';
import { writeTinyGguf } from '../../support/tiny-models/gguf.js';

const system = (content: string): ChatMessage => ({ role: 'system', content });
const user = (content: string): ChatMessage => ({ role: 'user', content });
const bank = system(
  'You are the bank of this town. Answer in one sentence, and never tell a secret number to anybody.',
);
const hotel = system('You keep the hotel by the lake. Tell the price of a room, and ask for how many nights it is.');
const tools = [{ name: 'hang_up', description: 'ends the call', parameters: { type: 'object', properties: {} } }];
const prefixOf = (message: ChatMessage) => ({ messages: [message], tools: [] });

const path = join(testFolder(), 'tiny.gguf');
const open = (): Promise<LlmEngine> => openLlama({ model: path, contextTokens: 768, sequences: 3, threads: 1 });
const answer = (sequence: LlmSequence, messages: ChatMessage[]): Promise<Generation> =>
  sequence.generate(messages, { temperature: 0, maxTokens: 6, signal: new AbortController().signal, onText: () => {} });

/** Of the prompt, what had to be read. */
const readBy = ({ promptTokens, cachedTokens = 0 }: Generation): number => promptTokens - cachedTokens;
/** A short question and the marks of the template around it; a system prompt is several times as long. */
const questionTokens = 60;

async function firstAnswer(engine: LlmEngine, messages: ChatMessage[]): Promise<Generation> {
  const sequence = await engine.open();
  return answer(sequence, messages).finally(() => sequence.close());
}

/** States that are kept: files without a name. */
function statesKept(): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => /\/oavc-\S+ \(deleted\)$/.test(link)).length;
}

/** Files are closed a moment after they were given up. */
async function keptBecomes(count: number): Promise<void> {
  while (statesKept() !== count) await new Promise(setImmediate);
}

before(async () => void (await writeTinyGguf(path)));

describe('a new call begins where the prompt of its agent ends', () => {
  let engine: LlmEngine;
  /** One that keeps nothing: it says what the answer must be. */
  let plain: LlmEngine;
  before(async () => {
    [engine, plain] = [await open(), await open()];
    await engine.warmUp([prefixOf(bank), prefixOf(hotel)]);
  });
  after(() => Promise.all([engine.close(), plain.close()]));

  test('of two agents, each in calls after the other, in the sequences that the other has left', async () => {
    assert.equal(statesKept(), 2);
    for (const agent of [bank, hotel, bank, bank, hotel]) {
      const messages = [agent, user('Who is it?')];
      const got = await firstAnswer(engine, messages);
      assert.ok(readBy(got) <= questionTokens, `read ${readBy(got)} of ${got.promptTokens}`);
      assert.equal(got.text, (await firstAnswer(plain, messages)).text);
    }
  });

  test('of all calls at once', async () => {
    const sequences = await Promise.all([engine.open(), engine.open(), engine.open()]);
    const all = await Promise.all(sequences.map((sequence) => answer(sequence, [hotel, user('Who?')])));
    for (const got of all) assert.ok(readBy(got) <= questionTokens, `read ${readBy(got)} of ${got.promptTokens}`);
    await Promise.all(sequences.map((sequence) => sequence.close()));
  });

  test('one that begins as a kept one and then names its caller uses what they have in common', async () => {
    const got = await firstAnswer(engine, [system(`${bank.content} You speak with Ada.`), user('Who?')]);
    assert.ok(readBy(got) <= questionTokens, `read ${readBy(got)} of ${got.promptTokens}`);
  });

  test('a prompt or tools that change in mid-call are read anew, and the first ones are there again', async () => {
    const sequence = await engine.open();
    const question = user('Who?');
    const steps: [string, ChatMessage[], typeof tools][] = [
      ['as it began', [bank, question], []],
      ['another prompt', [hotel, question], []],
      [
        'one that nobody knows',
        [system('Sing a song of the sea, and let it be a long one, with a refrain.'), question],
        [],
      ],
      ['with tools', [bank, question], tools],
      ['as it began, again', [bank, question], []],
    ];
    for (const [what, messages, given] of steps) {
      const options = { temperature: 0, maxTokens: 6, signal: new AbortController().signal, onText: () => {} };
      const other = await plain.open();
      const [got, expected] = [
        await sequence.generate(messages, { ...options, tools: given }),
        await other.generate(messages, { ...options, tools: given }),
      ];
      assert.equal(got.text, expected.text, what);
      await other.close();
    }
    assert.ok(readBy(await answer(sequence, [hotel, question])) <= questionTokens);
    await sequence.close();
  });

  test('a conversation that has gone on keeps what it has', async () => {
    const sequence = await engine.open();
    const messages = [bank, user('One?'), { role: 'assistant' as const, content: 'Yes, it is one.' }];
    await sequence.prepare(messages);
    assert.ok(readBy(await answer(sequence, [...messages, user('Two?')])) <= questionTokens);
    await sequence.close();
  });

  test('a prompt that comes with the second call is kept for the third', async () => {
    const prompt = system('Whoever asks is told where the nearest chemist is, and until when it is open tonight.');
    for (let call = 0; call < 2; call++) {
      const sequence = await engine.open();
      await sequence.prepare([prompt]);
      assert.equal(statesKept(), call === 0 ? 2 : 3);
      await sequence.close();
    }
    await firstAnswer(engine, [hotel, user('Who?')]);
    assert.ok(readBy(await firstAnswer(engine, [prompt, user('Who?')])) <= questionTokens);
  });
});

describe('what is kept', () => {
  const many = Array.from({ length: 20 }, (_, at) => prefixOf(system(`You are clerk number ${at} of the town hall.`)));

  test('is bounded, and is given back when the engine closes', { timeout: 60_000 }, async () => {
    const engine = await open();
    await engine.warmUp(many);
    await keptBecomes(16);
    await engine.close();
    await keptBecomes(0);
  });

  test('is given back when its thread is killed', { timeout: 60_000 }, async () => {
    // Without llama.cpp, whose addon aborts the process in one of ten threads that are killed.
    const fileUrl = JSON.stringify(new URL('../../../src/engines/llm/nameless-file.js', import.meta.url));
    const code = `import { parentPort } from 'node:worker_threads';
      const { NamelessFile } = await import(${fileUrl});
      globalThis.kept = [await NamelessFile.create(), await NamelessFile.create(), await NamelessFile.create()];
      parentPort.once('message', () => undefined).postMessage('kept');`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    assert.equal(statesKept(), 3);
    await worker.terminate();
    await keptBecomes(0);
  });

  test('is nothing where the temporary folder cannot be written, and calls are answered all the same', async () => {
    const { TMPDIR } = process.env;
    process.env.TMPDIR = join(testFolder(), 'missing');
    const engine = await open();
    try {
      await engine.warmUp([prefixOf(bank)]);
      assert.equal(statesKept(), 0);
      assert.equal(engine.impaired?.code, 'PREFIX_NOT_KEPT');
      assert.match(engine.impaired.message, /missing/);
      assert.ok((await firstAnswer(engine, [bank, user('Who?')])).promptTokens > 100);
    } finally {
      await engine.close();
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
  });
});
