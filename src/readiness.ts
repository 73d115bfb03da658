/** May this server be given calls? Workers loaded, media thread on time, OpenSIPS answering. */
import type { EngineStats } from './media/addon.js';

export interface Vitals {
  workersReady: boolean;
  media: Pick<EngineStats, 'ticks'>;
  /** Names of the ways in whose server does not answer. */
  away: readonly string[];
  /** The response time of the last minute, while it is too long. */
  tooSlowMs: number | undefined;
  /** The server was told to end. */
  closing: boolean;
}

/** A media thread that has not ticked for so long is stuck: its slots are 5 ms. */
const stuckAfterMs = 100;

/** Remembers the last look, so that the next can tell whether the media thread went on. */
export class Vigil {
  #ticks = 0;
  #tickedAtMs: number;

  constructor(nowMs: number) {
    this.#tickedAtMs = nowMs;
  }

  /** What keeps calls away; none when all is well. */
  reasons({ workersReady, media, away, tooSlowMs, closing }: Vitals, nowMs: number): string[] {
    if (media.ticks !== this.#ticks) this.#tickedAtMs = nowMs;
    this.#ticks = media.ticks;
    const reasons = away.map((name) => `${name} does not answer`);
    if (tooSlowMs !== undefined) reasons.push(`answers take ${Math.round(tooSlowMs)} ms`);
    if (closing) reasons.push('the server is shutting down');
    if (!workersReady) reasons.push('a worker is being replaced');
    if (nowMs - this.#tickedAtMs > stuckAfterMs) reasons.push('the media thread does not tick');
    return reasons;
  }
}
