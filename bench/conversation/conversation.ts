/** A scripted caller against the whole server through SIP and RTP: how fast it answers, and how well it takes turns. */
import { withMediaEngine } from '../../src/caller/caller.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { locateIn, modelsDir } from '../../src/models/store.js';
import type { Bench, Contender, Metrics, Outcome } from '../bench.js';
import { callOnce, type Said } from './caller.js';
import { figures } from './measure.js';
import { type Settings, scriptedEngines, startServer } from './server.js';
import { sounds } from './speech.js';

const policies = ['silence', 'adaptive', 'smart'] as const;
/** The policy that is the default. */
const usual = 'adaptive';

const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const here = (model: string): boolean => locateIn(modelsDir(config), model) !== undefined;

/** So many calls at once, each with the whole script. */
async function calls(count: number, settings: Settings): Promise<Metrics> {
  const spoken = await sounds();
  const server = await startServer(settings);
  try {
    const said: Said[] = [];
    await withMediaEngine(config, () =>
      withSipLine(config, async (signalling) => {
        const one = async (): Promise<void> => {
          said.push(...(await callOnce(server.uri, config, signalling, spoken)));
        };
        await Promise.all(Array.from({ length: count }, one));
      }),
    );
    return figures(said, server.lines, count);
  } finally {
    await server.stop();
  }
}

const prefixed = (prefix: string, metrics: Metrics): Metrics =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${prefix}: ${name}`, value]));

async function scripted(policy: (typeof policies)[number], quick: boolean): Promise<Outcome> {
  if (policy === 'smart' && !here('smart-turn-v3.2')) return { absent: 'oavc models get smart-turn-v3.2' };
  const all: Metrics = {};
  for (const count of quick ? [10] : [1, 10, 50])
    Object.assign(
      all,
      prefixed(`${count} calls`, await calls(count, { ...scriptedEngines, turn: { strategy: policy } })),
    );
  return all;
}

const contender = (policy: (typeof policies)[number]): Contender => ({
  name: policy === usual ? 'ours' : policy,
  run: ({ quick }) => scripted(policy, quick),
});

export const conversation: Bench = {
  title: 'A conversation, scripted engines',
  about:
    'A caller with a script (questions, interruptions, back-channels, a cough, pauses in mid-sentence) calls the server through SIP and RTP; `ours` is the default strategy, adaptive. The recogniser knows the words, the model takes 150 ms to its first token and 20 ms for each, the voice 80 ms. Response: from the last voiced packet of the caller to the first of the answer, at the caller. Cut off: of turns with a pause of 900 ms in them. Added: what neither the silence setting nor the engines took.',
  trials: 1,
  contenders: policies.map(contender),
  goals: [
    { metric: '10 calls: barge-in onset to silence p95 ms', atMost: 150 },
    { metric: '10 calls: false interruptions %', atMost: 0 },
    { metric: '50 calls: added by the connector p50 ms', atMost: 30 },
  ],
};
