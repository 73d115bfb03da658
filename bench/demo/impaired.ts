/** The demo's questions over a good and a bad network: are they still understood? Real recogniser, model and voice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { runDemo } from '../../src/demo/demo.js';
import { shortcomings } from '../../src/demo/report.js';
import { type Script, scripts } from '../../src/demo/script.js';
import { wantedModels } from '../../src/models/resolve.js';
import { locateIn, modelsDir } from '../../src/models/store.js';
import type { Absent, Bench, Contender, Outcome } from '../bench.js';
import { badNetwork, type Trace } from './relay.js';

const good: Trace = { lossRatio: 0, burstPackets: 1, jitterMs: 0 };
const bad: Trace = { lossRatio: 0.05, burstPackets: 3, jitterMs: 40 };

/** It is words that are compared, not times: a slow machine may take as long as it likes. */
const patience = ['stt', 'llm', 'tts'].map((engine) => ({
  key: `turn.${engine}_timeout_ms`,
  text: '60000',
  origin: 'bench',
}));

function configOf(script: Script): Config {
  const { config } = loadConfig({ file: undefined, env: process.env, commandLine: patience });
  return { ...config, stt: { ...config.stt, ...script.stt }, llm: { ...config.llm, ...script.llm } };
}

function missingModels(config: Config, language: string): Absent | undefined {
  const dir = modelsDir(config);
  const missing = wantedModels(config, [language]).filter((name) => locateIn(dir, name) === undefined);
  return missing.length > 0 ? { absent: `models missing: oavc models get ${missing.join(' ')}` } : undefined;
}

async function converse(trace: Trace): Promise<Outcome> {
  const script = scripts.en;
  if (!script) return { absent: 'there is no script' };
  const config = configOf(script);
  const missing = missingModels(config, script.language);
  if (missing) return missing;
  const network = badNetwork(trace);
  const folder = mkdtempSync(join(tmpdir(), 'oavc-impaired-'));
  const demo = await runDemo({
    script,
    config,
    recording: join(folder, 'call.wav'),
    show: (line) => process.stderr.write(`${line}\n`),
    through: network.through,
  });
  await demo.server.stop();
  rmSync(folder, { recursive: true, force: true });
  const { turns } = demo.report;
  const { passed, lost } = network.counts();
  const errors = turns.map(({ word_error_rate }) => 100 * word_error_rate);
  return {
    'packets lost %': (100 * lost) / (passed + lost),
    questions: turns.length,
    'questions not understood or not answered': shortcomings(turns, script.questions).length,
    'word error %': errors.reduce((sum, each) => sum + each, 0) / errors.length,
    'word error % of the worst question': Math.max(...errors),
  };
}

const contender = (name: string, trace: Trace): Contender => ({ name, run: () => converse(trace) });

export const impaired: Bench = {
  title: 'Recognition over a bad network',
  about: [
    "The demo's questions with the real engines, the caller's packets through a relay: 5 % lost in bursts of three on",
    'average, delays with a standard deviation of 40 ms, out of order where they overtake.',
  ].join('\n'),
  trials: 1,
  contenders: [contender('good network', good), contender('bad network', bad)],
  goals: [{ of: 'bad network', metric: 'questions not understood or not answered', atMost: 0 }],
};
