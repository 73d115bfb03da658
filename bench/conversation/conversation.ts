/** A scripted caller against the whole server through SIP and RTP: how fast it answers, and how well it takes turns. */
import { withMediaEngine } from '../../src/caller/caller.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { demoModels } from '../../src/models/catalog.js';
import { locateIn, modelsDir } from '../../src/models/store.js';
import type { Bench, Contender, Metrics, Outcome } from '../bench.js';
import { callOnce, type Said } from './caller.js';
import { added, figures } from './measure.js';
import { type Line, script, shortScript } from './script.js';
import { type Settings, scriptedEngines, startServer } from './server.js';
import { countedSounds, voiceSounds } from './speech.js';

/** Contenders and their settings; `ours` is as it comes. */
const policies: Readonly<Record<string, Settings>> = {
  ours: {},
  'without speculation': { llm: { speculate: false } },
  silence: { turn: { strategy: 'silence' } },
  smart: { turn: { strategy: 'smart' } },
};

const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const here = (model: string): boolean => locateIn(modelsDir(config), model) !== undefined;

/** So many calls at once, each with the whole of the lines. */
async function calls(
  count: number,
  settings: Settings,
  lines: readonly Line[],
  spoken: readonly Int16Array[],
): Promise<Metrics> {
  const server = await startServer(settings);
  try {
    const said: Said[] = [];
    await withMediaEngine(config, () =>
      withSipLine(config, async (signalling) => {
        const one = async (): Promise<void> => {
          said.push(...(await callOnce(server.uri, config, signalling, lines, spoken)));
        };
        await Promise.all(Array.from({ length: count }, one));
      }),
    );
    const all = figures(said, server.lines, count, lines);
    return settings.llm?.engine === 'scripted' ? { ...all, ...added(server.lines) } : all;
  } finally {
    await server.stop();
  }
}

const prefixed = (prefix: string, metrics: Metrics): Metrics =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${prefix}: ${name}`, value]));

async function scripted(policy: string, quick: boolean): Promise<Outcome> {
  if (policy === 'smart' && !here('smart-turn-v3.2')) return { absent: 'oavc models get smart-turn-v3.2' };
  const own = policies[policy] ?? {};
  const settings = { ...scriptedEngines, ...own, llm: { ...scriptedEngines.llm, ...own.llm } };
  const spoken = await countedSounds();
  const all: Metrics = {};
  for (const count of quick ? [10] : [1, 10, 50])
    Object.assign(all, prefixed(`${count} calls`, await calls(count, settings, script, spoken)));
  return all;
}

const contender = (name: string): Contender => ({ name, run: ({ quick }) => scripted(name, quick) });

export const conversation: Bench = {
  title: 'A conversation, scripted engines',
  about:
    'A caller with a script (questions, interruptions, back-channels, a cough, pauses in mid-sentence) calls the server through SIP and RTP; `ours` is the default strategy, adaptive. The recogniser knows the words, the model takes 150 ms to its first token and 20 ms for each, the voice 80 ms. Response: from the last voiced packet of the caller to the first of the answer, at the caller. Cut off: of turns with a pause of 900 ms in them. Added: what neither the silence setting nor the engines took.',
  trials: 1,
  contenders: Object.keys(policies).map(contender),
  goals: [
    { metric: '10 calls: barge-in onset to silence p95 ms', atMost: 150 },
    { metric: '10 calls: false interruptions %', atMost: 0 },
    { metric: '50 calls: added by the connector p50 ms', atMost: 30 },
  ],
};

const demo: Settings = { stt: { engine: 'moonshine' } };

async function real(settings: Settings): Promise<Outcome> {
  const missing = demoModels.filter((model) => !here(model));
  if (missing.length > 0) return { absent: `oavc models get ${missing.join(' ')}` };
  const spoken = await voiceSounds(config, shortScript);
  const all: Metrics = {};
  for (const count of [1, 2])
    Object.assign(all, prefixed(`${count} calls`, await calls(count, { ...demo, ...settings }, shortScript, spoken)));
  return all;
}

export const realConversation: Bench = {
  title: 'A conversation, the engines of the demo',
  about:
    'A shorter script in the voice of the demo, against moonshine, Qwen 0.5B and Piper on this machine. A recogniser that does not stream tells words only after its decode, so words over the bot interrupt it late.',
  trials: 1,
  contenders: [
    { name: 'ours', run: () => real({}) },
    { name: 'without speculation', run: () => real({ llm: { speculate: false } }) },
  ],
  goals: [
    { metric: '1 calls: answer without silence wait p50 ms', atMost: 500 },
    { metric: '1 calls: barge-in onset to silence p95 ms', atMost: 150 },
    { metric: '1 calls: false interruptions %', atMost: 0 },
  ],
};
