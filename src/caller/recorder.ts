/**
 * Two tracks on one time line: what the caller sent, when it was sent, and what he heard, when he heard it. Samples
 * at 16 kHz; positions are samples since the start of the recording. Longer than the limit is not recorded.
 */
import type { Wav } from '../engines/wav.js';

export const recordRateHz = 16000;
const limitSamples = recordRateHz * 60 * 30;
/** 60 ms. */
const wobbleSamples = (recordRateHz * 60) / 1000;

interface Piece {
  at: number;
  samples: Int16Array;
}

export class Recorder {
  readonly #startNs: bigint;
  readonly #tracks: Record<'caller' | 'bot', Piece[]> = { caller: [], bot: [] };

  constructor(startNs: bigint) {
    this.#startNs = startNs;
  }

  /** Where a moment lies on the time line. */
  positionOf(atNs: bigint): number {
    return Math.round((Number(atNs - this.#startNs) * recordRateHz) / 1e9);
  }

  /** Keeps its own copy of the samples. What lies before the start or behind the limit is cut off. */
  place(track: 'caller' | 'bot', at: number, samples: Int16Array): void {
    const from = Math.max(0, -at);
    const to = Math.min(samples.length, limitSamples - at);
    if (to > from) this.#tracks[track].push({ at: at + from, samples: samples.slice(from, to) });
  }

  /**
   * Places a piece of a stream that has no gaps: where the last one ended, as long as that is near `at`, since the
   * times of packets wobble and the sound does not.
   */
  follow(track: 'caller' | 'bot', at: number, samples: Int16Array): void {
    const last = this.#tracks[track].at(-1);
    const end = last ? last.at + last.samples.length : at;
    this.place(track, Math.abs(end - at) <= wobbleSamples ? end : at, samples);
  }

  /** Left the caller, right the bot. */
  toWav(): Wav {
    const pieces = [...this.#tracks.caller, ...this.#tracks.bot];
    const length = pieces.reduce((end, { at, samples }) => Math.max(end, at + samples.length), 0);
    const channels = [this.#tracks.caller, this.#tracks.bot].map((track) => {
      const channel = new Int16Array(length);
      for (const { at, samples } of track) channel.set(samples, at);
      return channel;
    });
    return { rateHz: recordRateHz, channels };
  }
}
