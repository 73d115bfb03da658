/** Pacing error of sent packets at 200 calls, on a quiet machine and with two cores busy. */
import type { Bench, Metrics, TrialOptions } from '../bench.js';
import { whileBusy } from './busy.js';
import { expectOwnAudio, servers, underLoad } from './traffic.js';

const calls = 200;
const urgent = { urgentCallers: true };

const only = (prefix: string, metrics: Metrics): Metrics =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]) =>
      name.startsWith('pacing') || name === 'lost %' ? [[`${prefix}: ${name}`, value]] : [],
    ),
  );

async function measure(contender: string, { quick }: TrialOptions): Promise<Metrics> {
  const seconds = quick ? 3 : 6;
  const quiet = await underLoad(contender, calls, (traffic) => traffic.window(seconds), urgent);
  expectOwnAudio(quiet, calls, seconds);
  const busy = await underLoad(contender, calls, (traffic) => whileBusy(() => traffic.window(seconds)), urgent);
  return { ...only('quiet', quiet), ...only('two cores busy', busy) };
}

export const pacing: Bench = {
  title: 'Pacing of sent packets, 200 calls',
  about: 'How far a packet is from its call’s median place on the 20 ms grid, by the kernel’s stamps at the callers.',
  trials: 2,
  contenders: servers(measure),
  goals: [
    { metric: 'quiet: pacing p99 us', against: 'C++ echo', ratio: 1.5 },
    { metric: 'two cores busy: pacing p99 us', against: 'C++ echo', ratio: 1.5 },
  ],
};
