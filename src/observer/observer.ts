/**
 * Watches all calls: one ledger and one set of counters for each live call, totals and histograms over all of them.
 * What it works out it tells to its own listeners, after the event that led to it.
 */
import { reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import type { CallEvent, CallEventOf } from '../pipeline/events.js';
import { CallWatch } from './call-watch.js';
import type { TurnRow } from './ledger.js';
import type { PartPercentiles } from './percentiles.js';
import type { CallSummary } from './summary.js';
import type { Tap } from './tap.js';
import { type ObservedTotals, Totals } from './totals.js';
import type { TurnCounters } from './turn-metrics.js';

/** What the observer tells. `counters` are those of the call with the event counted in. */
export interface ObserverListener {
  onEvent?(event: CallEvent, counters: TurnCounters): void;
  /** `percentiles` are those of its call so far. */
  onTurn?(row: TurnRow, percentiles: PartPercentiles | undefined): void;
  onSummary?(summary: CallSummary): void;
}

export interface ObserverOptions {
  tap: Tap;
  log: Log;
  rtviEnabled: boolean;
  /** Calls watched at once; events of more are told on, but not counted. */
  callLimit?: number;
  /** 90th percentile of response times over which new calls are kept away; 0 for any. */
  admissionP90Ms?: number;
}

export class Observer {
  readonly #options: ObserverOptions;
  readonly #calls = new Map<string, CallWatch>();
  readonly #listeners = new Set<ObserverListener>();
  readonly #totals: Totals;
  readonly #unsubscribe: () => void;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#totals = new Totals(options.admissionP90Ms ?? 0);
    this.#unsubscribe = options.tap.subscribe((event) => this.#take(event));
  }

  /** Returns what ends the subscription. A listener that throws is logged and harms no other. */
  subscribe(listener: ObserverListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Counters of a live call; undefined for one that is not known. */
  counters(callId: string): TurnCounters | undefined {
    return this.#calls.get(callId)?.turns.counters;
  }

  /** The response time of the last minute, while it keeps new calls away. */
  tooSlowMs(atNs: bigint): number | undefined {
    return this.#totals.tooSlowMs(Number(atNs) / 1e6);
  }

  /** Totals and percentiles; `atNs` is the time that the rolling window ends at. */
  totals(atNs: bigint): ObservedTotals {
    return this.#totals.read(this.#calls.size, Number(atNs) / 1e6);
  }

  close(): void {
    this.#unsubscribe();
    this.#listeners.clear();
    this.#calls.clear();
  }

  #take(event: CallEvent): void {
    const call = this.#watch(event);
    const rows = call?.take(event) ?? [];
    if (event.type === 'media-quality' && call) this.#totals.addMedia(call.media.take(event.quality));
    this.#totals.count(event);
    for (const row of rows) this.#totals.addTurn(row, Number(event.atNs) / 1e6);
    const counters = (call ?? new CallWatch(event.callId, event.atNs)).turns.counters;
    this.#tell((listener) => listener.onEvent?.(event, counters));
    for (const row of rows) this.#tell((listener) => listener.onTurn?.(row, call?.percentiles));
    if (event.type === 'call-unanswered') this.#summarise(new CallWatch(event.callId, event.atNs), event);
    if (event.type === 'call-ended') {
      this.#calls.delete(event.callId);
      if (call) this.#summarise(call, event);
    }
  }

  #summarise(call: CallWatch, event: CallEventOf<'call-ended' | 'call-unanswered'>): void {
    const summary = call.summary(event, this.#options.rtviEnabled);
    this.#tell((listener) => listener.onSummary?.(summary));
  }

  /** The call's watch. Only `call-started` opens one: an event that trails behind the end of its call does not. */
  #watch(event: CallEvent): CallWatch | undefined {
    const known = this.#calls.get(event.callId);
    if (known || event.type !== 'call-started') return known;
    if (this.#calls.size >= (this.#options.callLimit ?? 10_000)) return undefined;
    const watch = new CallWatch(event.callId, event.atNs);
    this.#calls.set(event.callId, watch);
    return watch;
  }

  #tell(what: (listener: ObserverListener) => void): void {
    for (const listener of this.#listeners) {
      try {
        what(listener);
      } catch (thrown) {
        this.#options.log.error({ reason: reasonOf(thrown) }, 'a listener of the observer failed');
      }
    }
  }
}
