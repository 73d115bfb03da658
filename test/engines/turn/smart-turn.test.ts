/** smart-turn v3 on what a real voice says: whole sentences, and the same ones broken off. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadConfig } from '../../../src/config/load.js';
import type { TtsEngine, TurnEngine } from '../../../src/engines/engine.js';
import { probeEngine } from '../../../src/engines/probe.js';
import { openEngine } from '../../../src/engines/registry.js';
import { resolveEngines, resolveTurnEngine } from '../../../src/models/resolve.js';
import { modelsFolder, realOrSkip } from '../../support/real-models.js';

const needed = ['smart-turn-v3.2', 'en_US-joe-medium', 'espeak-ng-data'];
const rateHz = 16000;

describe('smart-turn', { skip: realOrSkip(...needed) }, () => {
  let turn: TurnEngine;
  let tts: TtsEngine;

  before(async () => {
    const commandLine = [{ key: 'turn.strategy', text: 'smart', origin: 'test' }];
    const { config } = loadConfig({ file: undefined, env: {}, commandLine });
    const own = { ...config, models: { dir: modelsFolder }, stt: { ...config.stt, engine: 'scripted' as const } };
    const choice = resolveTurnEngine(own);
    const voice = resolveEngines({ ...own, llm: { ...own.llm, engine: 'scripted' } }, ['en']).voice.en;
    assert.ok(choice && voice);
    turn = await openEngine('turn', choice.name, choice.options);
    tts = await openEngine('tts', voice.name, voice.options);
    await turn.warmUp();
  });
  after(() => Promise.all([turn?.close(), tts?.close()]));

  /** The first part of a sentence, and the silence after which the end of a turn is judged. */
  async function spoken(text: string, share: number): Promise<Int16Array> {
    const pieces: Float32Array[] = [];
    let from = rateHz;
    const signal = new AbortController().signal;
    for await (const { samples, rateHz: own } of tts.synthesize(text, { voice: '', speed: 1, signal })) {
      pieces.push(samples);
      from = own;
    }
    const all = pieces.flatMap((piece) => [...piece]);
    const kept = Math.floor((all.length * share * rateHz) / from);
    const out = new Int16Array(kept + rateHz / 5);
    for (let at = 0; at < kept; at++) out[at] = 20000 * (all[Math.floor((at * from) / rateHz)] ?? 0);
    return out;
  }
  const sentences = [
    'I would like to block my card please.',
    'Can you tell me the opening hours on Saturday?',
    'I want to transfer some money to my sister.',
  ];
  const breaks = [0.3, 0.4, 0.45, 0.5, 0.6];
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  async function completion(text: string, share: number): Promise<number> {
    return (await turn.completion(await spoken(text, share))) ?? Number.NaN;
  }
  /** A break between two clauses sounds complete, so what counts is the one that sounds least so. */
  async function leastComplete(text: string): Promise<number> {
    const heard = [];
    for (const share of breaks) heard.push(await completion(text, share));
    return Math.min(...heard);
  }

  test('whole sentences are complete, parts of them are not', async () => {
    const whole = [];
    const broken = [];
    for (const text of sentences) {
      whole.push(await completion(text, 1));
      broken.push(await leastComplete(text));
    }
    assert.ok(Math.min(...whole) > 0.5 && mean(whole) > mean(broken) + 0.3, `${whole} and ${broken}`);
  });

  test('pauses that come faster than they are judged go without', async () => {
    const pause = await spoken('Yes.', 1);
    const answers = await Promise.all(Array.from({ length: 20 }, () => turn.completion(pause)));
    assert.ok(answers.some((answer) => answer === undefined));
    assert.ok(answers.some((answer) => answer !== undefined));
  });
});

test('a file that is no model is told at the start', async () => {
  await assert.rejects(probeEngine('turn', 'smart-turn', { model: import.meta.filename }), /smart-turn/);
});
