/**
 * When the other side speaks, by energy alone. Frames go in with their time; out comes when an answer began (its
 * first voiced frame) and when it was over (its last one, once a hangover has passed). Nothing here asks the time.
 */
import { isVoiced } from '../media/voiced.js';

export interface DetectorOptions {
  /** Voiced audio in a row that makes an answer; less is a click. */
  onsetMs: number;
  /** Silence after which the answer is over: longer than a pause between two of its sentences. */
  hangoverMs: number;
}

export type AnswerChange = { type: 'began'; atMs: number } | { type: 'ended'; atMs: number };

export class AnswerDetector {
  readonly #options: DetectorOptions;
  #speaking = false;
  #peakRms = 0;
  #onsetAtMs: number | undefined;
  #lastVoicedEndMs = 0;

  constructor(options: DetectorOptions) {
    this.#options = options;
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  /** A frame with this energy that began at `atMs`, in order of time. */
  take(frameRms: number, atMs: number, frameMs: number): AnswerChange | undefined {
    const voiced = isVoiced(frameRms, this.#peakRms);
    if (voiced) this.#hear(frameRms, atMs, frameMs);
    else if (!this.#speaking) this.#onsetAtMs = undefined;
    return this.#speaking ? this.#end(atMs + frameMs) : this.#begin();
  }

  #hear(frameRms: number, atMs: number, frameMs: number): void {
    this.#peakRms = Math.max(this.#peakRms, frameRms);
    this.#onsetAtMs ??= atMs;
    this.#lastVoicedEndMs = atMs + frameMs;
  }

  #begin(): AnswerChange | undefined {
    if (this.#onsetAtMs === undefined || this.#lastVoicedEndMs - this.#onsetAtMs < this.#options.onsetMs)
      return undefined;
    this.#speaking = true;
    return { type: 'began', atMs: this.#onsetAtMs };
  }

  #end(nowMs: number): AnswerChange | undefined {
    if (nowMs - this.#lastVoicedEndMs < this.#options.hangoverMs) return undefined;
    this.reset();
    return { type: 'ended', atMs: this.#lastVoicedEndMs };
  }

  /** Forgets the answer in progress: what follows is judged afresh. */
  reset(): void {
    this.#speaking = false;
    this.#onsetAtMs = undefined;
    this.#peakRms = 0;
  }
}
