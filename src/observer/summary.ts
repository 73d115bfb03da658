/** What is left of a call: one JSON line (design 8). Durations in seconds unless the name says otherwise. */
import type { EndReason, MediaQuality, SettingChange } from '../pipeline/events.js';
import type { TurnRow } from './ledger.js';
import { mapParts, type PartsMs } from './parts.js';
import { type PartPercentiles, partPercentiles } from './percentiles.js';
import type { TurnCounters } from './turn-metrics.js';

export interface MediaSummary {
  packets_received: number;
  packets_sent: number;
  packets_lost: number;
  frames_concealed: number;
  frames_played: number;
  loss_ratio: number;
  jitter_ms: number;
  playout_delay_ms: number;
  /** null while no RTCP told it. */
  round_trip_ms: number | null;
  mos: number;
  recording_lost_ms: number;
  /** What the peer reports of our stream; null while no RTCP told it, as the next two. */
  remote_loss_ratio: number | null;
  remote_jitter_ms: number | null;
  remote_mos: number | null;
}

export interface LedgerSummary {
  answered: number;
  interrupted: number;
  empty: number;
  apologies: number;
  /** Medians of the answered turns; null when there was none. An apology is no answer. */
  median_parts_ms: PartsMs | null;
  median_sum_ms: number | null;
  /** Of the answered turns; null when there was none. */
  percentiles: PartPercentiles | null;
}

/** Answers that were begun at a pause of the caller, and those of them that were used. */
export interface SpeculationCounts {
  begun: number;
  useful: number;
}

/** An update of the call's configuration that was accepted. */
export interface ConfigUpdate {
  /** Since the start of the call, in seconds. */
  at: number;
  /** Who: of an RTVI client its generation, library and number. */
  origin: string;
  changes: SettingChange[];
}

export interface CallSummary {
  call_id: string;
  duration: number;
  metrics: Omit<TurnCounters, 'response_time'>;
  rtvi_enabled: boolean;
  features: string[];
  media_quality: MediaSummary | null;
  /** False for a call that was refused, given up or not taken: its duration is 0. */
  answered: boolean;
  end_reason: EndReason;
  /** The SIP or MI reason, or who asked for the end. */
  end_detail: string;
  ledger: LedgerSummary;
  speculation: SpeculationCounts;
  /** The newest hundred at most. */
  config_history: ConfigUpdate[];
}

export interface SummaryInput {
  callId: string;
  durationS: number;
  counters: TurnCounters;
  rtviEnabled: boolean;
  features: readonly string[];
  quality: MediaQuality | undefined;
  answered: boolean;
  reason: EndReason;
  detail: string;
  rows: readonly TurnRow[];
  speculation: SpeculationCounts;
  updates: readonly ConfigUpdate[];
}

export function summarise(input: SummaryInput): CallSummary {
  const { response_time: _last, ...metrics } = input.counters;
  return {
    call_id: input.callId,
    duration: rounded(input.durationS),
    metrics: { ...metrics, avg_response_time: rounded(metrics.avg_response_time) },
    rtvi_enabled: input.rtviEnabled,
    features: [...input.features],
    media_quality: input.quality ? mediaSummary(input.quality) : null,
    answered: input.answered,
    end_reason: input.reason,
    end_detail: input.detail,
    ledger: ledgerSummary(input.rows),
    speculation: { ...input.speculation },
    config_history: input.updates.map((update) => ({ ...update, at: rounded(update.at) })),
  };
}

export function mediaSummary(quality: MediaQuality): MediaSummary {
  return {
    packets_received: quality.packetsReceived,
    packets_sent: quality.packetsSent,
    packets_lost: quality.packetsLost,
    frames_concealed: quality.framesConcealed,
    frames_played: quality.framesPlayed,
    loss_ratio: rounded(quality.lossRatio),
    jitter_ms: rounded(quality.jitterMs),
    playout_delay_ms: rounded(quality.playoutDelayMs),
    round_trip_ms: known(quality.roundTripMs),
    mos: rounded(quality.mos),
    recording_lost_ms: quality.recordingLostMs,
    remote_loss_ratio: known(quality.remoteLossRatio),
    remote_jitter_ms: known(quality.remoteJitterMs),
    remote_mos: known(quality.remoteMos),
  };
}

export function ledgerSummary(rows: readonly TurnRow[]): LedgerSummary {
  const answered = rows.filter((row) => row.kind === 'answered');
  const any = answered.length > 0;
  return {
    answered: answered.length,
    interrupted: rows.filter((row) => row.kind === 'interrupted').length,
    empty: rows.filter((row) => row.kind === 'empty').length,
    apologies: rows.filter((row) => row.kind === 'apology').length,
    median_parts_ms: any ? mapParts((name) => median(answered.map((row) => row.partsMs[name]))) : null,
    median_sum_ms: any ? median(answered.map((row) => row.sumMs)) : null,
    percentiles: partPercentiles(rows) ?? null,
  };
}

/** Middle of the values, the mean of the two in the middle when their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return rounded(sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2);
}

/** A measure that is -1 while it is unknown. */
const known = (value: number): number | null => (value < 0 ? null : rounded(value));

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
