/** The engines for tests must be as predictable as they say. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openScriptedLlm } from '../../src/engines/llm/scripted.js';
import { openScriptedStt } from '../../src/engines/stt/scripted.js';
import { openScriptedTts } from '../../src/engines/tts/scripted.js';
import { silence } from '../support/tiny-models/sound.js';

const never = new AbortController().signal;

test('the scripted recogniser gives its texts in turn, with partials on the way', async () => {
  const engine = await openScriptedStt({ texts: 'good morning bank||bye', partialMs: 100, confidence: 0.7 });
  const partials: string[] = [];
  const stream = engine.open({ language: 'en', onPartial: (text) => partials.push(text) });
  for (let frame = 0; frame < 20; frame++) stream.accept(silence(20));
  assert.deepEqual(partials, ['good', 'good morning', 'good morning bank']);
  const finals = [await stream.finish(), await stream.finish(), await stream.finish(), await stream.finish()];
  assert.deepEqual(
    finals.map(({ text }) => text),
    ['good morning bank', '', 'bye', 'good morning bank'],
  );
  assert.deepEqual(
    finals.map(({ confidence }) => confidence),
    [0.7, undefined, 0.7, 0.7],
  );
  stream.close();
  stream.close();
  assert.equal(engine.openStreams, 0);
  await assert.rejects(stream.finish(), { code: 'ENGINE_FAILED' });
});

describe('the scripted language engine', () => {
  test('echoes word by word', async () => {
    const engine = await openScriptedLlm({});
    const sequence = await engine.open();
    const streamed: string[] = [];
    const answer = await sequence.generate([{ role: 'user', content: 'hello there' }], {
      temperature: 0,
      maxTokens: 50,
      signal: never,
      onText: (text) => streamed.push(text),
    });
    assert.deepEqual(streamed, ['You', ' said:', ' hello', ' there']);
    assert.deepEqual(answer, { text: 'You said: hello there', stop: 'end', promptTokens: 2, completionTokens: 4 });
  });

  test('stops at an abort, at the limit, when closed, and fails when told', async () => {
    const engine = await openScriptedLlm({ answer: 'one two three four', failOn: 'broken', sequences: 1 });
    const sequence = await engine.open();
    const abort = new AbortController();
    const options = { temperature: 0, maxTokens: 50, signal: never, onText: () => {} };
    const say = (content: string, more = {}) => sequence.generate([{ role: 'user', content }], { ...options, ...more });
    const cut = await say('x', { signal: abort.signal, onText: () => abort.abort() });
    assert.deepEqual([cut.text, cut.stop], ['one', 'abort']);
    assert.deepEqual(
      [(await say('x', { maxTokens: 2 })).text, (await say('x', { maxTokens: 2 })).stop],
      ['one two', 'length'],
    );
    await assert.rejects(say('it is broken'), { code: 'ENGINE_FAILED' });
    await assert.rejects(engine.open(), /all 1 sequences are in use/);
    await sequence.close();
    assert.equal((await say('x')).stop, 'abort');
    assert.equal(engine.openSequences, 0);
  });
});

test('the scripted voice gives a tone as long as its text, and stops at an abort', async () => {
  const engine = await openScriptedTts({ rateHz: 8000, characterMs: 50 });
  const lengthOf = async (text: string, speed: number, stopAfter = Number.POSITIVE_INFINITY): Promise<number> => {
    const abort = new AbortController();
    let samples = 0;
    let chunks = 0;
    for await (const chunk of engine.synthesize(text, { voice: '', speed, signal: abort.signal })) {
      samples += chunk.samples.length;
      if (++chunks >= stopAfter) abort.abort();
    }
    return samples;
  };
  assert.equal(await lengthOf('ten chars!', 1), 4000);
  assert.equal(await lengthOf('ten chars!', 2), 2000);
  assert.equal(await lengthOf('ten chars!', 1, 2), 1600);
});

test('a voice of the scripted engine has its own pitch', async () => {
  const engine = await openScriptedTts({ rateHz: 8000 });
  assert.ok(engine.voices.includes('tone-800'));
  for await (const { samples } of engine.synthesize('x', { voice: 'tone-800', speed: 1, signal: never })) {
    const rises = samples.filter((sample, i) => sample > 0 && (samples[i - 1] ?? 1) <= 0).length;
    assert.equal(rises, (800 * samples.length) / 8000);
  }
});
