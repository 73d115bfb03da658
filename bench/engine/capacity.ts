/** How many calls one core carries: more and more of them, until packets leave their places or are lost. */
import { cpus } from 'node:os';
import type { Bench, Metrics, Outcome, TrialOptions } from '../bench.js';
import { expectOwnAudio, servers, underLoad } from './traffic.js';

const first = 250;
/** The callers have one core as well, and cost as much as the C++ echo. */
const most = 4000;
const latestP99Us = 20_000;
const mostLostPercent = 0.5;

/** Whether so many calls are carried, with what was measured. */
export type Probe = (calls: number) => Promise<{ carried: boolean; metrics: Metrics }>;

/** The most calls that are carried: doubles from `first`, then halves what is between so many times; 0 for none. */
export async function mostCarried(probe: Probe, halvings: number): Promise<{ calls: number; metrics: Metrics }> {
  let best = { calls: 0, metrics: {} as Metrics };
  let tooMany = Number.POSITIVE_INFINITY;
  const attempt = async (calls: number): Promise<void> => {
    const { carried, metrics } = await probe(calls);
    if (carried) best = { calls, metrics };
    else tooMany = calls;
  };
  for (let calls = first; calls <= most && calls < tooMany; calls *= 2) await attempt(calls);
  for (let round = 0; round < halvings && tooMany <= most; round++)
    await attempt(Math.round((best.calls + tooMany) / 2));
  return best;
}

const probeOnce = (contender: string, calls: number, seconds: number): ReturnType<Probe> =>
  underLoad(
    contender,
    calls,
    async (traffic) => {
      const metrics = await traffic.window(seconds);
      const { 'pacing p99 us': lateUs = 0, 'lost %': lost = 0, 'cpu % a call': cpu = 0 } = metrics;
      const carried = lateUs <= latestP99Us && lost <= mostLostPercent;
      if (carried) expectOwnAudio(metrics, calls, seconds);
      return { carried, metrics: { 'pacing p99 us': lateUs, 'lost %': lost, 'cpu of its core %': cpu * calls } };
    },
    { settleMs: 1500, oneCore: true },
  );

/** It may have been the host that stood still: what breaks is tried once more. */
const probeOf =
  (contender: string, seconds: number): Probe =>
  async (calls) => {
    const probed = await probeOnce(contender, calls, seconds);
    return probed.carried ? probed : probeOnce(contender, calls, seconds);
  };

async function measure(contender: string, { quick }: TrialOptions): Promise<Outcome> {
  if (cpus().length < 2) return { absent: 'server and callers need a core each' };
  const { calls, metrics } = await mostCarried(probeOf(contender, quick ? 1 : 2), quick ? 0 : 2);
  return calls > 0 ? { calls, ...metrics } : { absent: `it did not carry ${first} calls` };
}

export const capacity: Bench = {
  title: 'Calls on one core',
  about: [
    `The server has one core, the callers another. Calls are doubled from ${first}, then narrowed down, until one packet in`,
    'a hundred is more than 20 ms off its place, or more than 0.5 % are lost, twice; with the last figures that were good.',
    'Checked: every caller hears its own bursts.',
  ].join('\n'),
  trials: 1,
  contenders: servers(measure),
  goals: [{ metric: 'calls', against: 'C++ echo', ratio: 0.75, more: true }],
};
