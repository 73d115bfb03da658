/** Counts and percentiles over all calls since the start: what `/metrics` shows. Bounded: no state per call. */
import type { CallEvent, EndReason } from '../pipeline/events.js';
import { LatencyAdmission } from './admission.js';
import { Histogram } from './histogram.js';
import type { TurnKind, TurnRow } from './ledger.js';
import { type MediaCounts, mediaCounters } from './media-metrics.js';
import { mapParts, type PartName, partNames } from './parts.js';

export const quantiles = [0.5, 0.9, 0.99] as const;

/** A latency: percentiles over the rolling window, count and sum since the start. Milliseconds. */
export interface LatencyTotals {
  count: number;
  sumMs: number;
  /** In the order of `quantiles`; undefined when the window is empty. */
  quantilesMs: (number | undefined)[];
}

export interface ObservedTotals {
  liveCalls: number;
  callsStarted: number;
  callsEnded: Partial<Record<EndReason, number>>;
  callsUnanswered: Partial<Record<EndReason, number>>;
  utterances: number;
  utterancesDropped: number;
  interruptions: number;
  errors: number;
  /** Answers begun at a pause, by whether the turn ended there. */
  speculations: Record<'useful' | 'dropped', number>;
  turns: Record<TurnKind, number>;
  /** Of answered turns; interrupted and empty ones would blur it. */
  parts: Record<PartName, LatencyTotals>;
  felt: LatencyTotals;
  /** Whether new calls are taken, and the response time of the last minute that it goes by. */
  admission: { open: boolean; p90Ms: number | undefined };
  media: MediaCounts;
}

const counted = {
  'call-started': 'callsStarted',
  'user-stopped-speaking': 'utterances',
  'transcript-dropped': 'utterancesDropped',
  'bot-interrupted': 'interruptions',
  error: 'errors',
} as const;
type CountedEvent = keyof typeof counted;
const isCounted = (type: string): type is CountedEvent => Object.hasOwn(counted, type);

export class Totals {
  readonly #counts = { callsStarted: 0, utterances: 0, utterancesDropped: 0, interruptions: 0, errors: 0 };
  readonly #speculations = { useful: 0, dropped: 0 };
  readonly #ended: Partial<Record<EndReason, number>> = {};
  readonly #unanswered: Partial<Record<EndReason, number>> = {};
  readonly #turns: Record<TurnKind, number> = { answered: 0, interrupted: 0, empty: 0, apology: 0 };
  readonly #parts = mapParts(() => new Histogram());
  readonly #felt = new Histogram();
  readonly #admission: LatencyAdmission;
  readonly #media = Object.fromEntries(mediaCounters.map((name) => [name, 0])) as MediaCounts;

  constructor(admissionP90Ms: number) {
    this.#admission = new LatencyAdmission(admissionP90Ms);
  }

  count(event: CallEvent): void {
    if (isCounted(event.type)) this.#counts[counted[event.type]] += 1;
    if (event.type === 'speculation') this.#speculations[event.useful ? 'useful' : 'dropped'] += 1;
    if (event.type === 'call-ended') this.#ended[event.reason] = (this.#ended[event.reason] ?? 0) + 1;
    if (event.type === 'call-unanswered') this.#unanswered[event.reason] = (this.#unanswered[event.reason] ?? 0) + 1;
  }

  addTurn(row: TurnRow, atMs: number): void {
    this.#turns[row.kind] += 1;
    this.#admission.take(row, atMs);
    if (row.kind !== 'answered') return;
    for (const name of partNames) this.#parts[name].record(row.partsMs[name], atMs);
    this.#felt.record(row.sumMs, atMs);
  }

  addMedia(grown: MediaCounts): void {
    for (const name of mediaCounters) this.#media[name] += grown[name];
  }

  /** The response time of the last minute, while it is over the limit. */
  tooSlowMs(atMs: number): number | undefined {
    return this.#admission.tooSlowMs(atMs);
  }

  read(liveCalls: number, atMs: number): ObservedTotals {
    return {
      liveCalls,
      ...this.#counts,
      speculations: { ...this.#speculations },
      callsEnded: { ...this.#ended },
      callsUnanswered: { ...this.#unanswered },
      turns: { ...this.#turns },
      parts: mapParts((name) => latency(this.#parts[name], atMs)),
      felt: latency(this.#felt, atMs),
      admission: { open: this.tooSlowMs(atMs) === undefined, p90Ms: this.#admission.p90Ms(atMs) },
      media: { ...this.#media },
    };
  }
}

const latency = (histogram: Histogram, atMs: number): LatencyTotals => ({
  count: histogram.count,
  sumMs: histogram.sum,
  quantilesMs: quantiles.map((quantile) => histogram.quantile(quantile, atMs)),
});
