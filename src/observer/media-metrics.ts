/** What became of a call's media: its last report, and an estimate of how it sounded. */
import type { MediaQuality } from '../pipeline/events.js';

export interface MosInput {
  /** Packets lost, 0..1. */
  lossRatio: number;
  /** Mouth to ear as far as it is known, in milliseconds. */
  delayMs: number;
  jitterMs: number;
}

/** R of a clean narrowband connection (ITU-T G.107, default values). */
const cleanR = 93.2;
/** Robustness of G.711 with packet loss concealment against random loss, in percent (ITU-T G.113, appendix I). */
const lossRobustness = 25.1;

/**
 * Estimated listening quality 1..4.5 by the E-model (ITU-T G.107), with the delay impairment simplified to two
 * straight lines and jitter counted as twice its value of delay.
 */
export function estimateMos({ lossRatio, delayMs, jitterMs }: MosInput): number {
  const delay = Math.max(0, delayMs) + 2 * Math.max(0, jitterMs);
  const delayImpairment = 0.024 * delay + 0.11 * Math.max(0, delay - 177.3);
  const lossPercent = 100 * Math.min(1, Math.max(0, lossRatio));
  const lossImpairment = (95 * lossPercent) / (lossPercent + lossRobustness);
  return mosOfR(cleanR - delayImpairment - lossImpairment);
}

/** ITU-T G.107, annex B. */
function mosOfR(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

/** Counters of a report: they only grow within a call. */
export const mediaCounters = [
  'packetsReceived',
  'packetsSent',
  'packetsLost',
  'framesConcealed',
  'framesPlayed',
  'heardDropped',
  'spokenUnderruns',
] as const;
export type MediaCounts = Record<(typeof mediaCounters)[number], number>;

export class MediaMetrics {
  #last: MediaQuality | undefined;

  /** Takes a report; returns by how much each counter grew. A report without MOS (0) gets the estimate. */
  take(quality: MediaQuality): MediaCounts {
    const before = this.#last;
    this.#last = quality.mos > 0 ? quality : { ...quality, mos: estimated(quality) };
    const grown = (name: keyof MediaCounts) => Math.max(0, quality[name] - (before?.[name] ?? 0));
    return Object.fromEntries(mediaCounters.map((name) => [name, grown(name)])) as MediaCounts;
  }

  /** The last report; undefined before the first. */
  get last(): MediaQuality | undefined {
    return this.#last;
  }
}

function estimated({ lossRatio, playoutDelayMs, jitterMs, roundTripMs }: MediaQuality): number {
  const networkMs = roundTripMs > 0 ? roundTripMs / 2 : 0;
  return estimateMos({ lossRatio, delayMs: networkMs + playoutDelayMs, jitterMs });
}
