/** How many calls one core carries: more and more of them, until packets leave their places, or sound is lost. */
import { cpus } from 'node:os';
import type { Bench, Metrics, Outcome, TrialOptions } from '../bench.js';
import { servers, underLoad } from './traffic.js';

const first = 250;
const most = 4000;
const latestP99Us = 20_000;
const mostLostPercent = 0.5;
/** Sounds that did not come back, or that came to the wrong caller, or too late to be known. */
const mostAstrayPercent = 1;
/** Of what the callers saw, beside the calls. */
const shownToo = ['pacing p99 us', 'lost %', 'delay p50 ms'];
/** Packets that left more than 10 ms behind the callers' own grid. */
const mostCallersLatePercent = 1;

export type Verdict = 'carried' | 'server broke' | 'callers broke';

/** What so many calls showed. */
export type Probe = (calls: number) => Promise<{ verdict: Verdict; metrics: Metrics }>;

export interface Most {
  /** 0 for none. */
  calls: number;
  /** Of the probe with so many calls. */
  metrics: Metrics;
  /** The fewest calls that were not carried, and why not; undefined when all were. */
  broke?: { calls: number; verdict: Verdict };
}

/** The most calls that are carried: doubles from `first`, then halves what is between so many times. */
export async function mostCarried(probe: Probe, halvings: number): Promise<Most> {
  let found: Most = { calls: 0, metrics: {} };
  const attempt = async (calls: number): Promise<void> => {
    const { verdict, metrics } = await probe(calls);
    found = verdict === 'carried' ? { ...found, calls, metrics } : { ...found, broke: { calls, verdict } };
  };
  for (let calls = first; calls <= most && !found.broke; calls *= 2) await attempt(calls);
  for (let round = 0; round < halvings && found.broke; round++)
    await attempt(Math.round((found.calls + found.broke.calls) / 2));
  return found;
}

/** Callers that are late themselves say nothing about the server. */
export function verdictOf(metrics: Metrics, calls: number, seconds: number): Verdict {
  const { 'callers late %': callersLate = 0, 'pacing p99 us': lateUs = 0, 'lost %': lost = 0 } = metrics;
  if (callersLate > mostCallersLatePercent) return 'callers broke';
  const bursts = calls * seconds;
  const astray = Math.max(bursts - (metrics['bursts heard'] ?? 0), metrics['wrong sounds'] ?? 0);
  const carried = lateUs <= latestP99Us && lost <= mostLostPercent && (100 * astray) / bursts <= mostAstrayPercent;
  return carried ? 'carried' : 'server broke';
}

/** `calls` only where the server broke: of any other nobody knows how many more it had carried. */
export function outcomeOf({ calls, metrics, broke }: Most): Outcome {
  const byCallers = broke?.verdict === 'callers broke';
  if (calls === 0) return { absent: `${byCallers ? 'the callers' : 'it'} did not carry ${broke?.calls} calls` };
  if (broke && !byCallers) return { calls, ...metrics };
  return { 'calls, at least': calls, ...(broke && { 'callers broke at': broke.calls }), ...metrics };
}

const probeOnce = (contender: string, calls: number, seconds: number): ReturnType<Probe> =>
  underLoad(
    contender,
    calls,
    async (traffic) => {
      const metrics = await traffic.window(seconds);
      const { 'cpu % a call': cpu = 0 } = metrics;
      const shown = {
        'calls by its CPU': 100 / cpu,
        'cpu of its core %': cpu * calls,
        ...Object.fromEntries(shownToo.map((name) => [name, metrics[name] ?? 0])),
      };
      return { verdict: verdictOf(metrics, calls, seconds), metrics: shown };
    },
    { settleMs: 1500, oneCore: true, urgentCallers: true },
  );

/** It may have been the host that stood still: what breaks is tried once more. */
const probeOf =
  (contender: string, seconds: number): Probe =>
  async (calls) => {
    const probed = await probeOnce(contender, calls, seconds);
    return probed.verdict === 'carried' ? probed : probeOnce(contender, calls, seconds);
  };

async function measure(contender: string, { quick }: TrialOptions): Promise<Outcome> {
  if (cpus().length < 2) return { absent: 'server and callers need a core each' };
  return outcomeOf(await mostCarried(probeOf(contender, quick ? 1 : 2), quick ? 0 : 3));
}

export const capacity: Bench = {
  title: 'Calls on one core',
  about: [
    `The server has one core, the callers another. Calls are doubled from ${first}, then narrowed down, until one packet in`,
    'a hundred is more than 20 ms off its place, more than 0.5 % are lost, or one sound in a hundred does not come back to',
    'its own caller, twice; with the last figures that were good. When one packet in a hundred left more than 10 ms late,',
    'the callers broke and not the server: then there is no *calls*, only what was carried *at least*, and no verdict.',
    '*Calls by its CPU*: what the core would carry, could all of it be used at the cost of the last good load.',
  ].join('\n'),
  trials: 1,
  contenders: servers(measure),
  goals: [{ metric: 'calls', against: 'C++ echo', ratio: 0.75, more: true }],
};
