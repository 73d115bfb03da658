/** Where the caller's speech begins and ends in the heard ring of one call: the gate over the windows, in positions. */
import { distance, type HeardRing } from '../../media/sample-ring.js';
import { windowSamples } from '../../media/voice-activity.js';
import { SpeechEnd, type SpeechEndPoint } from '../turn/speech-end.js';
import { type GateVerdict, SpeechGate } from '../turn/speech-gate.js';
import type { TurnOptions } from './protocol.js';
import { gateOptions } from './speech-plan.js';
import { msOf, samplesOf } from './turn-clock.js';

/** 128 ms. */
const certainWindows = 4;

export class HeardSpeech {
  readonly #gate: SpeechGate;
  readonly #end = new SpeechEnd();
  #from = 0;
  #quietWindows = 0;

  constructor(
    readonly heard: HeardRing,
    readonly turn: TurnOptions,
  ) {
    this.#gate = new SpeechGate(gateOptions(turn));
  }

  /** Takes the window that was read last. */
  push(window: Int16Array, probability: number): GateVerdict {
    const verdict = this.#gate.push(probability, windowSamples);
    this.#quietWindows = verdict === 'silence' ? this.#quietWindows + 1 : 0;
    const position = (this.heard.position - windowSamples) >>> 0;
    if (verdict === 'started') this.#from = (position - samplesOf(this.turn.minSpeechMs)) >>> 0;
    const loud = probability >= this.#gate.options.stopThreshold;
    if (loud && this.#gate.speaking) this.#end.push(window, position, (at) => this.heard.stampAt(at));
    // Speech too faint for a voiced step ends, at the latest, where the gate's silence began.
    const quietFrom = (this.heard.position - samplesOf(this.turn.pauseMs)) >>> 0;
    if (verdict === 'stopped') this.#end.atLatest(quietFrom, (at) => this.heard.stampAt(at));
    return verdict;
  }

  /** A sound that began is over for certain: speech may dip for a window or two where it begins. */
  get nothing(): boolean {
    return this.#quietWindows >= certainWindows;
  }
  get speaking(): boolean {
    return this.#gate.speaking;
  }
  /** The last voiced sample of the caller's turn; undefined while there is none. */
  get end(): SpeechEndPoint | undefined {
    return this.#end.end;
  }
  /** Speech so far. */
  get speechMs(): number {
    return msOf(distance(this.#from, this.heard.position));
  }
  /** From the start of the speech to its last voiced sample. */
  get lengthMs(): number {
    return Math.max(0, msOf(distance(this.#from, this.end?.position ?? this.heard.position)));
  }
  /** Since the last voiced sample. */
  get silenceMs(): number | undefined {
    return this.end && msOf(distance(this.end.position, this.heard.position));
  }

  /** The turn is over: the next one has an end of its own. */
  reset(): void {
    this.#end.reset();
  }
}
