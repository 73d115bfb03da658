/** Jitter buffers over networks in virtual time: the same packets, lost and late alike, to each of them. */
import type { Bench, Goal, TrialOptions } from '../bench.js';
import { runProgram } from '../native/programs.js';

const packets = { quick: 1500, whole: 15000 };
const calm = ['clean', 'lan', 'burst loss', 'drift +200 ppm', 'drift -200 ppm'];
const jittery = ['jitter 20 ms', 'jitter 60 ms', 'spikes', 'wireless', 'route step', 'reorder'];

const contender = (name: string) => ({
  name,
  run: async ({ quick }: TrialOptions) => runProgram('jitter_traces', name, quick ? packets.quick : packets.whole),
});

const goals: Goal[] = [
  ...calm.map((network) => ({ metric: `${network}: concealed %`, against: 'speexdsp', ratio: 1 })),
  ...jittery.flatMap((network) => [
    { metric: `${network}: concealed %`, against: 'speexdsp', ratio: 0.5 },
    { metric: `${network}: mean delay ms`, against: 'speexdsp', ratio: 1 },
  ]),
];

export const traces: Bench = {
  title: 'Jitter buffer over traces',
  about: [
    'Virtual time, packets of 20 ms, six seeds a network, the listener takes 20 ms every 20 ms. *Concealed*: heard, but',
    'not said (invented, inserted or silent). *Dropped*: came, and was not played. *Delay*: from sending to playing, over',
    'the fastest path. The oracle knows the lateness of every second in advance and loses nothing to lateness.',
    'Packets that were lost are concealed by each of them, the oracle too: with burst loss nobody comes near half of',
    'speexdsp. Without foresight the rest has a price: over three seeds of 15,000 packets (101 to 103, not those measured',
    'here), a fixed delay with half of the concealment of speexdsp takes 344 ms for jitter 60 ms, 120 for spikes and 124',
    'for wireless, where speexdsp waits 334, 55 and 101.',
  ].join('\n'),
  trials: 1,
  contenders: ['ours', 'speexdsp', 'fixed-40', 'fixed-80', 'fixed-160', 'oracle'].map(contender),
  goals,
};
