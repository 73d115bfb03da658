/**
 * Where the caller's speech really ended. The gate decides slowly and by windows of 32 ms; this remembers the last
 * voiced step of 10 ms while the gate heard speech, with the stamp of the packet that carried it.
 */
import type { FrameStamp } from '../../media/sample-ring.js';
import { isVoiced, rms } from '../../media/voiced.js';

export const stepSamples = 160;

export interface SpeechEndPoint {
  /** Position after the last voiced sample. */
  position: number;
  stamp: FrameStamp;
}

export class SpeechEnd {
  #peakRms = 0;
  #end: SpeechEndPoint | undefined;

  get end(): SpeechEndPoint | undefined {
    return this.#end;
  }

  /** Takes a window in which speech was heard; `position` is that of its first sample. */
  push(window: Int16Array, position: number, stampAt: (position: number) => FrameStamp): void {
    for (let at = 0; at + stepSamples <= window.length; at += stepSamples) {
      const energy = rms(window, at, at + stepSamples);
      this.#peakRms = Math.max(this.#peakRms, energy);
      if (!isVoiced(energy, this.#peakRms)) continue;
      const end = (position + at + stepSamples) >>> 0;
      this.#end = { position: end, stamp: stampAt((end - stepSamples / 2) >>> 0) }; // the packet of a step is that of its middle
    }
  }

  /** Makes this the end where no voiced step was found. */
  atLatest(position: number, stampAt: (position: number) => FrameStamp): void {
    this.#end ??= { position, stamp: stampAt((position - 1) >>> 0) };
  }

  reset(): void {
    this.#peakRms = 0;
    this.#end = undefined;
  }
}
