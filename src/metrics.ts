/** What `/metrics` tells: the observer's totals, what each way in refused, and what each media thread counted. */
import type { EngineStats, ThreadStats } from './media/addon.js';
import { metric, prometheusText } from './observer/export.js';
import type { ObservedTotals } from './observer/totals.js';
import type { Signalling } from './signalling/leg.js';

type Row = [name: string, kind: 'counter' | 'gauge', help: string, value: (thread: ThreadStats) => number];

const rows: readonly Row[] = [
  ['oavc_media_thread_ticks_total', 'counter', 'slots of 5 ms that were served', ({ ticks }) => ticks],
  ['oavc_media_thread_late_ticks_total', 'counter', 'slots that began over 5 ms late', ({ lateTicks }) => lateTicks],
  ['oavc_media_thread_late_seconds_max', 'gauge', 'latest beginning of a slot', ({ maxLateUs }) => maxLateUs / 1e6],
  ['oavc_media_thread_cpu_seconds_total', 'counter', 'CPU time of the thread', ({ cpuNs }) => cpuNs / 1e9],
  ['oavc_media_thread_sessions', 'gauge', 'calls that the thread serves', ({ sessions }) => sessions],
  ['oavc_media_thread_realtime', 'gauge', '1 where it runs as SCHED_FIFO', ({ policy }) => (policy === 'fifo' ? 1 : 0)],
];

/** Prometheus text (exposition format 0.0.4). */
export function metricsText(totals: ObservedTotals, ways: readonly Signalling[], media: EngineStats): string {
  return prometheusText(totals) + straysText(ways) + mediaThreadsText(media);
}

function straysText(ways: readonly Signalling[]): string {
  const help = 'datagrams refused: from strangers, unreadable, or of calls that nobody knows';
  const strays = ways.flatMap(({ name, strays: count }): [string, number][] =>
    count === undefined ? [] : [[`{way="${name}"}`, count]],
  );
  return metric('oavc_strays_total', 'counter', help, strays);
}

/** One sample a thread. */
function mediaThreadsText({ threads, recordings }: EngineStats): string {
  const samples = rows.map(([name, kind, help, value]) =>
    metric(
      name,
      kind,
      help,
      threads.map((thread, index) => [`{thread="${index}"}`, value(thread)]),
    ),
  );
  const open = metric('oavc_recordings_open', 'gauge', 'recordings whose files are not closed yet', [['', recordings]]);
  return [...samples, open].join('');
}
