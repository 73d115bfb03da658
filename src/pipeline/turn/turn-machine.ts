/**
 * Whose turn it is. Told what the gate, the recogniser and the playout did; answers through its effects. It owns no
 * clock and no audio: durations come as arguments, so a test is a table.
 *
 *   idle → speaking → quiet → finishing → (turn ends) idle
 *
 * While the bot is busy (thinking or speaking), speech *pauses* the playout first; the judge then confirms the
 * interruption or lets the bot go on where it stopped.
 */
import type { InterruptionCause } from '../events.js';
import type { BargeInJudge } from './barge-in.js';
import type { EndOfTurn } from './end-of-turn.js';

export interface TurnEffects {
  pausePlayout(): void;
  resumePlayout(): void;
  /** Discards what is not yet played and cancels the work on it. */
  interruptBot(cause: InterruptionCause): void;
  bargeInRejected(text: string): void;
  /** Barge-in is off: what the caller says is not listened to while the bot is busy. */
  callerMuted(muted: boolean): void;
  /** The caller paused: a recogniser that does not stream may decode ahead. */
  pauseRecogniser(): void;
  /** Asks for the words of the utterance; `transcript` brings them. */
  finishUtterance(): void;
  resetUtterance(): void;
  /** The caller's turn is over; these are its words. */
  endTurn(text: string): void;
}

export interface TurnMachineOptions {
  bargeIn: boolean;
  judge: BargeInJudge;
  endOfTurn: EndOfTurn;
}

type Caller = 'idle' | 'speaking' | 'quiet' | 'finishing';

export class TurnMachine {
  #caller: Caller = 'idle';
  #botBusy = false;
  /** The playout is paused and the judge has not spoken. */
  #suspected = false;
  /** Barge-in is off and the bot is busy: this speech is not for us. */
  #ignored = false;
  #awaitsTranscript = false;
  /** Somebody spoke since the words were last asked for. */
  #fresh = false;
  /** The recogniser's words so far are all in `#segments`. */
  #settled = false;
  #segments: string[] = [];

  constructor(
    readonly options: TurnMachineOptions,
    readonly effects: TurnEffects,
  ) {}

  get caller(): Caller {
    return this.#caller;
  }
  get botBusy(): boolean {
    return this.#botBusy;
  }
  /** The playout waits for the judge. */
  get suspected(): boolean {
    return this.#suspected;
  }
  /** Of another language from now on. */
  set judge(judge: BargeInJudge) {
    this.options.judge = judge;
  }

  speechStarted(): void {
    this.#caller = 'speaking';
    this.#fresh = true;
    this.#settled = false;
    if (this.#botBusy) this.#suspect();
  }

  /** Somebody speaks while the bot is busy. */
  #suspect(): void {
    if (this.#suspected) return;
    this.#ignored = !this.options.bargeIn;
    this.#suspected = this.options.bargeIn;
    if (this.#suspected) this.effects.pausePlayout();
  }

  /** More speech of the running utterance: its words so far and its length. */
  speechContinues(partial: string, speechMs: number): void {
    if (this.#suspected && this.options.judge.whileSpeaking(partial, speechMs) === 'interrupt') this.#confirm();
  }

  speechStopped(): void {
    if (this.#ignored) return this.#forget();
    this.#caller = 'quiet';
    if (this.#suspected) return this.#finish();
    this.effects.pauseRecogniser();
  }

  /** Silence so far since the last voiced sample; `partial` are the words so far. */
  silence(silenceMs: number, partial: string): void {
    if (!this.endsAt(silenceMs, partial)) return;
    if (this.#settled) this.#submit();
    else this.#finish();
  }

  /** Whether this silence ends the caller's turn. */
  endsAt(silenceMs: number, partial: string): boolean {
    if (this.#caller !== 'quiet') return false;
    const text = [...this.#segments, partial].join(' ');
    return silenceMs >= this.options.endOfTurn.requiredSilenceMs({ silenceMs, text });
  }

  /** The words of the utterance; empty when there were none or they were not certain enough. */
  transcript(text: string): void {
    this.#awaitsTranscript = false;
    const kept = !this.#suspected || this.#judge(text);
    if (kept && text !== '') this.#segments.push(text);
    if (this.#suspected && this.#caller === 'quiet') this.#finish();
    else if (this.#caller === 'finishing') this.#submit();
    else this.#settled = this.#caller === 'quiet' && !this.#fresh;
  }

  /** The bot has been given something to say. */
  botStarts(): void {
    this.#setBusy(true);
    if (this.#caller === 'speaking') this.#suspect();
  }

  /** Everything was said, or nothing will be. */
  botIsDone(): void {
    this.#setBusy(false);
    if (!this.#suspected) return;
    this.#suspected = false;
    this.effects.resumePlayout();
  }

  /** A client cuts the bot off; false when it was silent. */
  interrupt(): boolean {
    if (!this.#botBusy) return false;
    this.#setBusy(false);
    this.#suspected = false;
    this.effects.interruptBot('client');
    return true;
  }

  #finish(): void {
    if (this.#awaitsTranscript) return;
    if (!this.#suspected) this.#caller = 'finishing';
    this.#awaitsTranscript = true;
    this.#fresh = false;
    this.effects.finishUtterance();
  }

  /** True when the words interrupt the bot. */
  #judge(text: string): boolean {
    if (this.options.judge.afterSpeech(text) === 'interrupt') {
      this.#confirm();
      return true;
    }
    // He goes on: the playout stays paused, and what comes is judged.
    if (this.#fresh) return false;
    this.#suspected = false;
    this.#caller = 'idle';
    this.effects.bargeInRejected(text);
    this.effects.resumePlayout();
    return false;
  }

  #confirm(): void {
    this.#suspected = false;
    this.#setBusy(false);
    this.effects.interruptBot('caller');
  }

  #setBusy(busy: boolean): void {
    if (busy !== this.#botBusy && !this.options.bargeIn) this.effects.callerMuted(busy);
    this.#botBusy = busy;
  }

  #submit(): void {
    const text = this.#segments.join(' ').trim();
    this.#segments = [];
    this.#settled = false;
    this.#caller = 'idle';
    if (text !== '') this.effects.endTurn(text);
  }

  #forget(): void {
    this.#ignored = false;
    this.#caller = 'idle';
    this.effects.resetUtterance();
  }
}
