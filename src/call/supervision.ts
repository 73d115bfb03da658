/** Who speaks to the caller in place of the bot: one supervisor at a time. Time is an argument. */
import { fault } from '../errors.js';
import type { CallMedia } from '../media/session.js';
import { floorRms, rms } from '../media/voiced.js';
import type { CallPlant } from './plant.js';

/** After so long a silence another one may speak. */
const silenceNs = 2_000_000_000n;

export interface SupervisionOptions {
  /** `[rtvi] supervisor_audio`. */
  allowed: boolean;
  /** Plays samples to the caller. */
  play(samples: Int16Array, rateHz: number): void;
  /** Somebody began to speak. */
  begun(origin: string): void;
}

export class Supervision {
  #speaker: string | undefined;
  #voicedNs = 0n;

  constructor(readonly options: SupervisionOptions) {}

  /** Silence of who does not speak yet is left out. Throws NOT_SUPPORTED: switched off, or another one speaks. */
  speak(samples: Int16Array, rateHz: number, origin: string, nowNs: bigint): void {
    if (!this.options.allowed)
      throw fault('NOT_SUPPORTED', 'supervisor audio', '[rtvi] supervisor_audio has to be true');
    if (nowNs - this.#voicedNs > silenceNs) this.#speaker = undefined;
    if (this.#speaker !== undefined && this.#speaker !== origin)
      throw fault('NOT_SUPPORTED', 'supervisor audio', `${this.#speaker} speaks to the caller`);
    if (rms(samples) >= floorRms) this.#voicedNs = nowNs;
    else if (this.#speaker === undefined) return;
    if (this.#speaker === undefined) this.options.begun(origin);
    this.#speaker = origin;
    this.options.play(samples, rateHz);
  }

  /** The supervisor has gone: the next one may speak at once. */
  leave(origin: string): void {
    if (this.#speaker === origin) this.#speaker = undefined;
  }
}

export const supervisionOf = ({ config, log }: CallPlant, callId: string, media: CallMedia): Supervision =>
  new Supervision({
    allowed: config.rtvi.supervisor_audio,
    play: (samples, rateHz) => media.supervise(samples, rateHz),
    begun: (origin) => log.info({ callId, origin }, 'supervisor speaks'),
  });
