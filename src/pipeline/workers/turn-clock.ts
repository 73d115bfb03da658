/** When the steps of the caller's turn were reached, for the ledger; from the stamps of the heard ring. */
import { monotonicNs } from '../../clock.js';
import { heardLayout } from '../../media/ring-layout.js';
import type { HeardRing } from '../../media/sample-ring.js';
import type { TurnTimes } from '../events.js';
import type { SpeechEndPoint } from '../turn/speech-end.js';

export const samplesOf = (ms: number): number => Math.round((ms * heardLayout.rateHz) / 1000);
export const msOf = (samples: number): number => (samples * 1000) / heardLayout.rateHz;

export class TurnClock {
  #times: Omit<TurnTimes, 'sttFinalNs'> | undefined;

  constructor(readonly heard: HeardRing) {}

  /** The silence after `end` was as long as was asked for. */
  decided({ position, stamp }: SpeechEndPoint, silenceMs: number): void {
    const required = (position + samplesOf(silenceMs)) >>> 0;
    this.#times = {
      speechEndArrivalNs: stamp.arrivalNs === 0n ? stamp.playoutNs : stamp.arrivalNs,
      speechEndPlayoutNs: stamp.playoutNs,
      silenceElapsedNs: this.heard.stampAt(required - 1).playoutNs,
      decidedNs: monotonicNs(),
    };
  }

  /** The last key was pressed at `pressedNs`, and now they are complete. */
  keyed(pressedNs: bigint): void {
    const now = monotonicNs();
    this.#times = {
      speechEndArrivalNs: pressedNs,
      speechEndPlayoutNs: pressedNs,
      silenceElapsedNs: now,
      decidedNs: now,
    };
  }

  /** The turn is over now, with its words. */
  times(): TurnTimes {
    const now = monotonicNs();
    const none = { speechEndArrivalNs: now, speechEndPlayoutNs: now, silenceElapsedNs: now, decidedNs: now };
    return { ...(this.#times ?? none), sttFinalNs: now };
  }

  reset(): void {
    this.#times = undefined;
  }
}
