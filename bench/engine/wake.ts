/** How long a frame waits for JavaScript: one coalesced wake-up a worker against a thread-safe function per packet. */
import { existsSync } from 'node:fs';
import type { Bench, Contender, Metrics, Outcome, TrialOptions } from '../bench.js';
import { programPath } from '../native/programs.js';
import { whileBusy } from './busy.js';
import { underLoad } from './traffic.js';

const calls = 200;
const names = ['playout to speech worker p50 us', 'playout to speech worker p99 us'];

const measure = (server: string, { quick }: TrialOptions): Promise<Metrics> =>
  underLoad(server, calls, async (traffic) => {
    const seconds = quick ? 3 : 6;
    await traffic.window(seconds);
    const quiet = await traffic.report();
    await whileBusy(() => traffic.window(seconds));
    const busy = await traffic.report();
    const row = (when: string, metrics: Metrics) => names.map((name) => [`${when}: ${name}`, metrics[name] ?? 0]);
    return Object.fromEntries([...row('quiet', quiet), ...row('two cores busy', busy)]);
  });

const perPacket = async (options: TrialOptions): Promise<Outcome> =>
  existsSync(programPath('wake_per_packet.node'))
    ? measure('wake per packet', options)
    : { absent: 'its addon was not built' };

const contenders: Contender[] = [
  { name: 'ours', run: (options) => measure('ours by hop', options) },
  { name: 'per packet', run: perPacket },
];

export const wake: Bench = {
  title: 'Wake-up of a speech worker, 200 calls',
  about: [
    'From the media thread having a frame to JavaScript beginning with it, frames that wait behind others included. The peer',
    'ticks the same sessions at the same priority, but calls a thread-safe function for each packet of each call: a lock',
    'and an allocation each.',
  ].join('\n'),
  trials: 2,
  contenders,
  goals: ['quiet', 'two cores busy'].map((when) => ({
    metric: `${when}: playout to speech worker p99 us`,
    against: 'per packet',
    ratio: 1,
  })),
};
