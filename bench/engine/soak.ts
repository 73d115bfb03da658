/** Many calls for a long time through the real server: memory, late packets, and whose audio it was. */
import type { Bench, TrialOptions } from '../bench.js';
import { hostKnown, soakThrough } from './soak-run.js';
import { speakWords } from './soak-words.js';

const quickMinutes = 0.5;

const none = [
  'calls cut',
  'packets missing',
  'late, not by the host',
  'answers missed',
  'sounds that nobody asked for',
  'tenths of seconds of others',
  'utterances of another length',
  'errors',
  'memory slope beyond two errors KiB a minute',
];

export const soak: Bench = {
  title: 'Soak: many calls for a long time',
  about: [
    'The real server with scripted engines (`--calls`, `--minutes`; 100 and 2 by default). Each caller says words of a',
    'length of its own to the real voice activity detection, and its bot answers at a pitch of its own; calls last 40 to',
    '80 s and are placed anew. A packet is late by the kernel’s stamps at the caller, against its call’s median place on',
    'the grid; the host did it, when bare timers above every other thread stood still meanwhile. The memory slope is by',
    'least squares over the last three quarters. *Slots of the media thread*: those that began over 5 ms late; a packet that',
    'is late without one was late on its way through the kernel.',
  ].join('\n'),
  trials: 1,
  contenders: [
    {
      name: 'ours',
      run: async ({ quick, minutes, calls }: TrialOptions) =>
        soakThrough({ minutes: quick ? quickMinutes : minutes, words: await speakWords(calls), rtvi: false }),
    },
  ],
  // What the host did is known only to a watch that nothing holds up.
  goals: [...none.map((metric) => ({ metric, atMost: 0 })), { metric: hostKnown, atLeast: 1 }],
};
