/**
 * Are answers late? The 90th percentile of the last minute's response times, the silence that the setting asks for
 * excluded, against a limit: while it is passed, new calls are kept away and the running ones stay good. A minute
 * without late answers opens again.
 */
import { Histogram } from './histogram.js';
import type { TurnRow } from './ledger.js';

const window = { windowMs: 60_000, slices: 12, least: 1, most: 120_000 };
/** Turns of the last minute from which their percentile says anything. */
const fewestTurns = 10;

export class LatencyAdmission {
  readonly #responses = new Histogram(window);

  constructor(
    /** 0 for none. */
    readonly limitMs: number,
  ) {}

  /** A turn that was closed; those without an answer say nothing. */
  take({ kind, sumMs, partsMs }: TurnRow, atMs: number): void {
    if (kind !== 'empty') this.#responses.record(sumMs - partsMs.silence_wait, atMs);
  }

  /** Of the last minute; undefined while it had too few turns. */
  p90Ms(atMs: number): number | undefined {
    return this.#responses.inWindow(atMs) < fewestTurns ? undefined : this.#responses.quantile(0.9, atMs);
  }

  /** The percentile that keeps calls away; undefined while calls are welcome. */
  tooSlowMs(atMs: number): number | undefined {
    const p90Ms = this.p90Ms(atMs);
    return this.limitMs > 0 && p90Ms !== undefined && p90Ms > this.limitMs ? p90Ms : undefined;
  }
}
