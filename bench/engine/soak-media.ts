/**
 * What the media threads of the soak's server counted: whether a packet was late because its thread was. Loaded into the
 * server (`node --import`), this module writes it into a file when the server is told to end: nothing is asked for while
 * packets are measured.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { loadAddon, type ThreadStats } from '../../src/media/addon.js';
import type { Metrics } from '../bench.js';
import { preloading } from '../preloading.js';

const variable = 'OAVC_BENCH_MEDIA';

/** Has the server that `start` starts write into `file`. */
export const tellingMedia = <Started>(file: string, start: () => Promise<Started>): Promise<Started> =>
  preloading(import.meta.url, { [variable]: file }, start);

/** Rows of the table; none where the server told nothing. */
export const mediaMetrics = (threads: readonly ThreadStats[]): Metrics =>
  threads.length === 0
    ? {}
    : {
        'slots of the media thread over 5 ms late': threads.reduce((sum, { lateTicks }) => sum + lateTicks, 0),
        'latest slot ms': Math.max(...threads.map(({ maxLateUs }) => maxLateUs)) / 1000,
        'media thread at real-time priority, 1 is yes': threads.every(({ policy }) => policy === 'fifo') ? 1 : 0,
      };

/** After the server ended. */
export const readMedia = (file: string): ThreadStats[] =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ThreadStats[]) : [];

const file = process.env[variable];
if (isMainThread && file !== undefined)
  process.on('SIGTERM', () => writeFileSync(file, JSON.stringify(loadAddon().engineStats().threads)));
