/** What became of a call's media: its last report, and by how much the counters grew. */
import type { MediaQuality } from '../pipeline/events.js';

/** Counters of a report: they only grow within a call. */
export const mediaCounters = [
  'packetsReceived',
  'packetsSent',
  'packetsLost',
  'framesConcealed',
  'framesPlayed',
  'heardDropped',
  'spokenUnderruns',
  'recordingLostMs',
  'supervisorDroppedMs',
] as const;
export type MediaCounts = Record<(typeof mediaCounters)[number], number>;

export class MediaMetrics {
  #last: MediaQuality | undefined;

  /** Takes a report; returns by how much each counter grew. */
  take(quality: MediaQuality): MediaCounts {
    const before = this.#last;
    this.#last = quality;
    const grown = (name: keyof MediaCounts) => Math.max(0, quality[name] - (before?.[name] ?? 0));
    return Object.fromEntries(mediaCounters.map((name) => [name, grown(name)])) as MediaCounts;
  }

  /** The last report; undefined before the first. */
  get last(): MediaQuality | undefined {
    return this.#last;
  }
}
