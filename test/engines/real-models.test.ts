/** The demo's models, through the engines as the demo runs them: what a caller says is understood and answered. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadConfig } from '../../src/config/load.js';
import { spokenWords } from '../../src/demo/word-error.js';
import type { LlmEngine, SttEngine, TtsEngine } from '../../src/engines/engine.js';
import { probeEngine } from '../../src/engines/probe.js';
import { openEngine } from '../../src/engines/registry.js';
import { demoModels } from '../../src/models/catalog.js';
import { resolveEngines } from '../../src/models/resolve.js';
import { verify } from '../../src/models/store.js';
import { modelsFolder, realOrSkip } from '../support/real-models.js';
import { inFrames, silence } from '../support/tiny-models/sound.js';

const never = new AbortController().signal;
const question = 'What are your opening hours on Saturday?';

describe('the models of the demo', { skip: realOrSkip(...demoModels) }, () => {
  let stt: SttEngine;
  let llm: LlmEngine;
  let tts: TtsEngine;
  const config = loadConfig({ file: undefined, env: {}, commandLine: [] }).config;
  const choices = () => {
    const sections = { ...config, models: { dir: modelsFolder }, stt: { ...config.stt, engine: 'moonshine' as const } };
    const { speech, language, voice } = resolveEngines(sections, ['en']);
    assert.ok(speech.en && voice.en);
    return { speech: speech.en, language: language['*'], voice: voice.en };
  };

  before(async () => {
    const { speech, language, voice } = choices();
    [stt, llm, tts] = await Promise.all([
      openEngine('stt', speech.name, speech.options),
      openEngine('llm', language.name, { ...language.options, sequences: 2 }),
      openEngine('tts', voice.name, voice.options),
    ]);
    await Promise.all([stt.warmUp(), llm.warmUp(), tts.warmUp()]);
  });
  after(() => Promise.all([stt?.close(), llm?.close(), tts?.close()]));

  test('are whole', async () => {
    for (const name of demoModels) await verify(modelsFolder, name);
  });

  test('pass the probe', async () => {
    const { speech } = choices();
    await probeEngine('stt', speech.name, speech.options);
  });

  test('speak a question and understand it, with the decode begun at the pause', async () => {
    const spoken = await inLineRate(question);
    const stream = stt.open({ language: 'en', onPartial: () => {} });
    inFrames(spoken, (frame) => stream.accept(frame));
    inFrames(silence(200), (frame) => stream.accept(frame));
    stream.pause();
    inFrames(silence(400), (frame) => stream.accept(frame));
    assert.deepEqual(spokenWords((await stream.finish()).text, 'en'), spokenWords(question, 'en'));
    stream.close();
  });

  test('a decode begun at a pause is dropped when the caller goes on', async () => {
    const spoken = await inLineRate('I would like to transfer fifty dollars.');
    const stream = stt.open({ language: 'en', onPartial: () => {} });
    const half = spoken.length / 2;
    inFrames(spoken.subarray(0, half), (frame) => stream.accept(frame));
    stream.pause();
    inFrames(spoken.subarray(half), (frame) => stream.accept(frame));
    assert.match((await stream.finish()).text, /transfer (\$50|fifty dollars)/i);
    stream.close();
  });

  test('what was said once is understood once', async () => {
    for (let said = 0; said < 12; said++) {
      const stream = stt.open({ language: 'en', onPartial: () => {} });
      inFrames(await inLineRate('I would like to transfer fifty dollars.'), (frame) => stream.accept(frame));
      inFrames(silence(200), (frame) => stream.accept(frame));
      const { text } = await stream.finish();
      assert.equal(text.match(/transfer/gi)?.length, 1, text);
      stream.close();
    }
  });

  test('silence is heard as nothing', async () => {
    const stream = stt.open({ language: 'en', onPartial: () => {} });
    stream.accept(silence(2000));
    assert.deepEqual(await stream.finish(), { text: '', confidence: undefined });
    stream.close();
  });

  test('answer from what the prompt says', async () => {
    const sequence = await llm.open();
    const system = 'You are a bank on the telephone. Answer in one short sentence. Saturday: open from 10 to 2.';
    const answer = await sequence.generate(
      [
        { role: 'system', content: system },
        { role: 'user', content: question },
      ],
      { temperature: 0, maxTokens: 60, signal: never, onText: () => {} },
    );
    assert.match(answer.text, /10/);
    assert.equal(answer.stop, 'end');
    await sequence.close();
  });

  /** A sentence of the voice at 16 kHz. Linear interpolation is good enough to be understood. */
  async function inLineRate(text: string): Promise<Int16Array> {
    for await (const { samples, rateHz } of tts.synthesize(text, { voice: '', speed: 1, signal: never })) {
      const length = Math.floor((samples.length * 16000) / rateHz);
      return Int16Array.from({ length }, (_, index) => {
        const at = (index * rateHz) / 16000;
        const [left, right] = [samples[Math.floor(at)] ?? 0, samples[Math.ceil(at)] ?? 0];
        return 32767 * (left + (right - left) * (at % 1));
      });
    }
    throw new Error('the voice gave nothing');
  }
});
