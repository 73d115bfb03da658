/**
 * How loud both sides of a call are, told while somebody watches: the caller by the windows that are judged, the bot
 * by the samples that were sent meanwhile. Driven by the windows of the heard ring, so it owns no clock.
 */
import { heardLayout } from '../../media/ring-layout.js';
import { distance, type SpokenRing } from '../../media/sample-ring.js';
import type { EventBody } from '../events.js';
import { Loudness } from '../loudness.js';

/** Told at most so often for each side. */
const periodMs = 150;

type Side = 'user' | 'bot';

export class LevelMeter {
  readonly #ring: SpokenRing;
  readonly #lineRateHz: number;
  readonly #emit: (body: EventBody) => void;
  readonly #loudness: Record<Side, Loudness>;
  readonly #told: Record<Side, number> = { user: 0, bot: 0 };
  #on = false;
  #played = 0;
  #sinceMs = 0;

  constructor(ring: SpokenRing, lineRateHz: number, emit: (body: EventBody) => void) {
    this.#ring = ring;
    this.#lineRateHz = lineRateHz;
    this.#emit = emit;
    this.#loudness = { user: new Loudness(heardLayout.rateHz), bot: new Loudness(lineRateHz) };
  }

  /** Measures from now on, or no more. */
  watch(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    this.#played = this.#ring.played;
    this.#sinceMs = 0;
    for (const side of ['user', 'bot'] as const) {
      this.#loudness[side].reset();
      this.#told[side] = 0;
    }
  }

  /** A window of the caller; the bot's side is as old. */
  hear(window: Int16Array): void {
    if (!this.#on) return;
    this.#loudness.user.push(window);
    const windowMs = (window.length * 1000) / heardLayout.rateHz;
    this.#loudness.bot.push(this.#sent(windowMs));
    this.#sinceMs += windowMs;
    if (this.#sinceMs < periodMs) return;
    this.#sinceMs = 0;
    this.#tell('user');
    this.#tell('bot');
  }

  /** What was sent since the last window; silence where nothing was. What a discard skipped was not sent. */
  #sent(windowMs: number): Int16Array {
    const { played } = this.#ring;
    const window = (windowMs * this.#lineRateHz) / 1000;
    const samples = Math.min(distance(this.#played, played), 2 * window);
    this.#played = played;
    return samples > 0 ? this.#ring.copy((played - samples) >>> 0, samples) : new Int16Array(window);
  }

  /** Silence is told once. */
  #tell(side: Side): void {
    const level = Math.round((this.#loudness[side].level ?? 0) * 1000) / 1000;
    if (level > 0 || this.#told[side] > 0) this.#emit({ type: 'audio-level', side, level });
    this.#told[side] = level;
  }
}
