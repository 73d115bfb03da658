/** All that the observer keeps of one live call; thrown away with it. */
import { elapsedMs } from '../clock.js';
import type { CallEvent, CallEventOf } from '../pipeline/events.js';
import { Ledger, type TurnRow } from './ledger.js';
import { MediaMetrics } from './media-metrics.js';
import { type PartPercentiles, partPercentiles } from './percentiles.js';
import { type CallSummary, type ConfigUpdate, summarise } from './summary.js';
import { TurnMetrics } from './turn-metrics.js';

/** Rows kept for the medians of the summary; the oldest gives way. */
const rowLimit = 500;
/** Updates of the configuration kept for the summary; the oldest gives way. */
const updateLimit = 100;

export class CallWatch {
  readonly turns = new TurnMetrics();
  readonly media = new MediaMetrics();
  readonly #callId: string;
  readonly #ledger: Ledger;
  readonly #rows: TurnRow[] = [];
  readonly #updates: ConfigUpdate[] = [];
  readonly #speculation = { begun: 0, useful: 0 };
  #startedNs: bigint;
  #features: readonly string[] = [];

  constructor(callId: string, startedNs: bigint) {
    this.#callId = callId;
    this.#ledger = new Ledger(callId);
    this.#startedNs = startedNs;
  }

  /** Returns the rows of the ledger that the event closed. */
  take(event: CallEvent): TurnRow[] {
    if (event.type === 'call-started') {
      this.#startedNs = event.atNs;
      this.#features = event.features;
    }
    if (event.type === 'settings-changed') this.#updated(event);
    if (event.type === 'speculation') this.#speculated(event);
    this.turns.take(event);
    const rows = this.#ledger.take(event);
    this.#rows.push(...rows);
    this.#rows.splice(0, this.#rows.length - rowLimit);
    return rows;
  }

  #speculated({ useful }: CallEventOf<'speculation'>): void {
    this.#speculation.begun += 1;
    if (useful) this.#speculation.useful += 1;
  }

  /** Of its answered turns. */
  get percentiles(): PartPercentiles | undefined {
    return partPercentiles(this.#rows);
  }

  #updated({ atNs, origin, changes }: CallEventOf<'settings-changed'>): void {
    this.#updates.push({ at: elapsedMs(this.#startedNs, atNs) / 1000, origin, changes });
    if (this.#updates.length > updateLimit) this.#updates.shift();
  }

  summary(event: CallEventOf<'call-ended' | 'call-unanswered'>, rtviEnabled: boolean): CallSummary {
    return summarise({
      callId: this.#callId,
      durationS: elapsedMs(this.#startedNs, event.atNs) / 1000,
      counters: this.turns.counters,
      rtviEnabled,
      features: this.#features,
      quality: this.media.last,
      answered: event.type === 'call-ended',
      reason: event.reason,
      detail: event.detail,
      rows: this.#rows,
      speculation: this.#speculation,
      updates: this.#updates,
    });
  }
}
