/** What came from the bot: when each voiced packet arrived. All figures are worked out from that. */
import type { HeardFrame } from '../../src/caller/ear.js';
import { floorRms, rms } from '../../src/media/voiced.js';

const ms = (ns: bigint): number => Number(ns) / 1e6;
/** Silence that ends a stretch of the bot's speech. */
const gapMs = 250;

export class Listener {
  readonly #voicedMs: number[] = [];
  readonly #waiting = new Set<() => void>();
  #nowMs = 0;

  hear({ samples, arrivalNs, playoutNs }: HeardFrame): void {
    this.#nowMs = ms(playoutNs);
    if (arrivalNs !== 0n && rms(samples) > floorRms) this.#voicedMs.push(ms(arrivalNs));
    for (const look of this.#waiting) look();
  }

  /** Since the last voiced packet. */
  get silentMs(): number {
    return this.#nowMs - (this.#voicedMs.at(-1) ?? 0);
  }

  /** Length of the stretch that is being heard; 0 in silence. */
  get speakingMs(): number {
    const last = this.#voicedMs.at(-1);
    if (last === undefined || this.silentMs > gapMs) return 0;
    let from = last;
    for (let at = this.#voicedMs.length - 1; at >= 0; at--) {
      const before = this.#voicedMs[at] ?? 0;
      if (from - before > gapMs) break;
      from = before;
    }
    return last - from;
  }

  /** First voiced packet after a time. */
  firstAfter(atMs: number): number | undefined {
    return this.#voicedMs.find((each) => each > atMs);
  }

  /** The last voiced packet of the stretch that was heard at a time. */
  endOfStretch(atMs: number): number | undefined {
    let last = this.#voicedMs.findLast((each) => each <= atMs);
    if (last === undefined || atMs - last > gapMs) return undefined;
    for (const each of this.#voicedMs) if (each > last && each - last <= gapMs) last = each;
    return last;
  }

  /** True once `look` is, false after so much of the call. */
  until(look: () => boolean, limitMs: number): Promise<boolean> {
    let fromMs = this.#nowMs;
    return new Promise((resolve) => {
      const check = () => {
        if (fromMs === 0) fromMs = this.#nowMs;
        const came = look();
        if (!came && this.#nowMs - fromMs < limitMs) return;
        this.#waiting.delete(check);
        resolve(came);
      };
      this.#waiting.add(check);
      check();
    });
  }
}
