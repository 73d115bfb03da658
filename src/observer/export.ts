/**
 * The totals as Prometheus text (exposition format 0.0.4). Labels are bounded: kinds, parts, reasons and quantiles,
 * never a call or a number.
 */
import { mediaCounters } from './media-metrics.js';
import { partNames } from './parts.js';
import { type LatencyTotals, type ObservedTotals, quantiles } from './totals.js';

/** Media type of the text. */
export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

type Kind = 'counter' | 'gauge' | 'summary';
type Sample = [labels: string, value: number];

/** One metric with its samples. */
export function metric(name: string, kind: Kind, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines, ''].join('\n');
}

/** All totals of the observer. */
export function prometheusText(totals: ObservedTotals): string {
  const turns = Object.entries(totals.turns).map(([kind, value]): Sample => [`{kind="${kind}"}`, value]);
  const byReason = (counts: ObservedTotals['callsEnded']) =>
    Object.entries(counts).map(([reason, value]): Sample => [`{reason="${reason}"}`, value]);
  const speculations = Object.entries(totals.speculations).map(([use, value]): Sample => [`{use="${use}"}`, value]);
  const parts = partNames.flatMap((name) =>
    latencyLines('oavc_turn_part_seconds', `part="${name}"`, totals.parts[name]),
  );
  return [
    metric('oavc_calls_live', 'gauge', 'calls that run now', [['', totals.liveCalls]]),
    metric('oavc_admission_open', 'gauge', '1 while new calls are taken, 0 while answers are too late', [
      ['', totals.admission.open ? 1 : 0],
    ]),
    metric('oavc_admission_response_seconds', 'gauge', '90th percentile of the last minute, silence wait excluded', [
      ['', (totals.admission.p90Ms ?? Number.NaN) / 1000],
    ]),
    metric('oavc_calls_started_total', 'counter', 'calls that were answered', [['', totals.callsStarted]]),
    metric('oavc_calls_ended_total', 'counter', 'calls that ended, by reason', byReason(totals.callsEnded)),
    metric('oavc_calls_unanswered_total', 'counter', 'calls that were never answered, by reason', [
      ...byReason(totals.callsUnanswered),
    ]),
    metric('oavc_user_utterances_total', 'counter', 'utterances of callers', [['', totals.utterances]]),
    metric('oavc_user_utterances_dropped_total', 'counter', 'utterances that were not answered', [
      ['', totals.utterancesDropped],
    ]),
    metric('oavc_interruptions_total', 'counter', 'times the bot was cut off', [['', totals.interruptions]]),
    metric('oavc_errors_total', 'counter', 'errors in calls', [['', totals.errors]]),
    metric('oavc_speculations_total', 'counter', 'answers begun at a pause, by whether they were used', speculations),
    metric('oavc_turns_total', 'counter', "callers' turns, by how they ended", turns),
    header('oavc_turn_part_seconds', 'parts of the latency of answered turns'),
    ...parts,
    header('oavc_turn_felt_seconds', "from the caller's last packet of speech to the first packet of the answer"),
    ...latencyLines('oavc_turn_felt_seconds', '', totals.felt),
    ...mediaCounters.map((name) => metric(mediaName(name), 'counter', mediaHelp[name], [['', totals.media[name]]])),
  ].join('');
}

const header = (name: string, help: string): string => `# HELP ${name} ${help}\n# TYPE ${name} summary\n`;

/** Quantiles over the rolling window, `_sum` and `_count` since the start. An empty window gives NaN, as is usual. */
function latencyLines(name: string, label: string, totals: LatencyTotals): string[] {
  const own = label === '' ? '' : `{${label}}`;
  const rows = quantiles.map((quantile, index) => {
    const labels = [label, `quantile="${quantile}"`].filter((part) => part !== '').join(',');
    const valueMs = totals.quantilesMs[index];
    return `${name}{${labels}} ${valueMs === undefined ? 'NaN' : valueMs / 1000}\n`;
  });
  return [...rows, `${name}_sum${own} ${totals.sumMs / 1000}\n`, `${name}_count${own} ${totals.count}\n`];
}

const mediaName = (name: string): string =>
  `oavc_media_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`;

const mediaHelp: Record<(typeof mediaCounters)[number], string> = {
  packetsReceived: 'RTP packets received',
  packetsSent: 'RTP packets sent',
  packetsLost: 'RTP packets that never came',
  framesConcealed: 'frames that were concealed',
  framesPlayed: 'frames that were played to the recogniser',
  heardDropped: 'samples dropped before the recogniser',
  recordingLostMs: 'milliseconds that are missing in recordings',
  supervisorDroppedMs: 'milliseconds of supervisors that came too fast to be played',
  spokenUnderruns: 'times the voice did not come in time',
};
