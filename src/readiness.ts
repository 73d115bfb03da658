/** May this server be given calls? Workers loaded, media threads on time, OpenSIPS answering. */
import type { ThreadStats } from './media/addon.js';

export interface Vitals {
  workersReady: boolean;
  media: readonly Pick<ThreadStats, 'ticks'>[];
  /** Names of the ways in whose server does not answer. */
  away: readonly string[];
  /** The response time of the last minute, while it is too long. */
  tooSlowMs: number | undefined;
  /** The server was told to end. */
  closing: boolean;
}

/** A media thread that has not ticked for so long is stuck: its slots are 5 ms. */
const stuckAfterMs = 100;

/** Remembers the last look, so that the next can tell whether the media threads went on. */
export class Vigil {
  readonly #seen: { ticks: number; atMs: number }[] = [];

  constructor(readonly startedMs: number) {}

  /** What keeps calls away; none when all is well. */
  reasons({ workersReady, media, away, tooSlowMs, closing }: Vitals, nowMs: number): string[] {
    const reasons = away.map((name) => `${name} does not answer`);
    if (tooSlowMs !== undefined) reasons.push(`answers take ${Math.round(tooSlowMs)} ms`);
    if (closing) reasons.push('the server is shutting down');
    if (!workersReady) reasons.push('a worker is being replaced');
    media.forEach(({ ticks }, index) => {
      if (this.#isStuck(index, ticks, nowMs)) reasons.push(`media thread ${index} does not tick`);
    });
    return reasons;
  }

  #isStuck(index: number, ticks: number, nowMs: number): boolean {
    const before = this.#seen[index] ?? { ticks: 0, atMs: this.startedMs };
    const now = ticks === before.ticks ? before : { ticks, atMs: nowMs };
    this.#seen[index] = now;
    return nowMs - now.atMs > stuckAfterMs;
  }
}
