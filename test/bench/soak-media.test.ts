/** Late slots of all media threads count; the latest and the worst priority of them are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaMetrics } from '../../bench/engine/soak-media.js';
import type { ThreadStats } from '../../src/media/addon.js';

const thread: ThreadStats = { policy: 'fifo', ticks: 9, lateTicks: 0, maxLateUs: 80, cpuNs: 1, sessions: 3 };
const row = (late: number, latestMs: number, realtime: number) => ({
  'slots of the media thread over 5 ms late': late,
  'latest slot ms': latestMs,
  'media thread at real-time priority, 1 is yes': realtime,
});

const table: [string, ThreadStats[], object][] = [
  ['nothing was told', [], {}],
  ['in time', [thread], row(0, 0.08, 1)],
  [
    'two threads',
    [
      { ...thread, lateTicks: 2, maxLateUs: 7000 },
      { ...thread, lateTicks: 1 },
    ],
    row(3, 7, 1),
  ],
  ['one without the right', [thread, { ...thread, policy: 'other' }], row(0, 0.08, 0)],
];
for (const [name, threads, metrics] of table) test(name, () => assert.deepEqual(mediaMetrics(threads), metrics));
