/** What the media threads counted, as Prometheus text: one sample a thread. */
import type { EngineStats, ThreadStats } from './media/addon.js';
import { metric } from './observer/export.js';

type Row = [name: string, kind: 'counter' | 'gauge', help: string, value: (thread: ThreadStats) => number];

const rows: readonly Row[] = [
  ['oavc_media_thread_ticks_total', 'counter', 'slots of 5 ms that were served', ({ ticks }) => ticks],
  ['oavc_media_thread_late_ticks_total', 'counter', 'slots that began over 5 ms late', ({ lateTicks }) => lateTicks],
  ['oavc_media_thread_late_seconds_max', 'gauge', 'latest beginning of a slot', ({ maxLateUs }) => maxLateUs / 1e6],
  ['oavc_media_thread_cpu_seconds_total', 'counter', 'CPU time of the thread', ({ cpuNs }) => cpuNs / 1e9],
  ['oavc_media_thread_sessions', 'gauge', 'calls that the thread serves', ({ sessions }) => sessions],
  ['oavc_media_thread_realtime', 'gauge', '1 where it runs as SCHED_FIFO', ({ policy }) => (policy === 'fifo' ? 1 : 0)],
];

export function mediaThreadsText({ threads, recordings }: EngineStats): string {
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
