/** The bot's turns of one call, as the speech worker orders them: it gives the numbers, and cuts off what is queued. */
import type { EventBody, InterruptionCause } from '../events.js';
import type { BotSpeech } from '../turn/barge-in.js';
import { EchoWatch } from '../turn/echo-watch.js';
import type { Playout } from './playout.js';
import type { SpeechToLanguage, SpeechToVoice } from './protocol.js';

export interface BotTurnsHost {
  emit(callId: string, body: EventBody): void;
  toLanguage(message: SpeechToLanguage): void;
  toVoice(message: SpeechToVoice): void;
}

export class BotTurns {
  readonly #echo = new EchoWatch();
  #pausedMs = 0;
  #supposed = '';
  /** An answer was cut off before any of it was heard: if it was but noise, the question is answered after all. */
  #unanswered = false;

  constructor(
    readonly host: BotTurnsHost,
    readonly callId: string,
    readonly playout: Playout,
    /** The number of the turn that follows. */
    private nextTurn: number,
    readonly onBegin: () => void,
  ) {}

  get next(): number {
    return this.nextTurn;
  }
  get unanswered(): boolean {
    return this.#unanswered;
  }

  /** What the caller has probably said: the language worker may think ahead. Empty: he goes on. */
  suppose(text: string): void {
    if (text === this.#supposed) return;
    this.#supposed = text;
    this.host.toLanguage({ type: 'suppose', callId: this.callId, text });
  }

  /** The language worker answers `text`; empty: the history as it is. */
  answer(text: string, audio: boolean): number {
    const turn = this.begin(true);
    this.host.toLanguage({ type: 'turn', callId: this.callId, turn, epoch: this.playout.epoch, text, audio });
    return turn;
  }

  /** Says `text` as it is, or the apology when it is empty. */
  say(text: string, remember: boolean, interruptible: boolean): number {
    const turn = this.begin(interruptible);
    this.host.toLanguage({ type: 'say', callId: this.callId, turn, epoch: this.playout.epoch, text, remember });
    return turn;
  }

  /** What is heard while the bot speaks: the loudness of a window; 0 for silence. */
  hear(rms: number): void {
    if (this.playout.busy) this.#echo.hear(rms);
  }

  get speech(): BotSpeech {
    const { speaking: text, interruptible } = this.playout;
    return { text, interruptible, echo: this.#echo.verdict };
  }

  /** Somebody speaks over it, at this heard time. */
  pause(heardMs: number): void {
    this.playout.pause();
    this.#pausedMs = heardMs;
    this.host.emit(this.callId, { type: 'barge-in-suspected', turn: this.playout.turn });
  }

  /**
   * It was no interruption; the speech ended at this heard time, where it became speech at all. Words of his own
   * (`callers`) were the caller's, and no echo.
   */
  rejected(text: string, endMs: number | undefined, callers: boolean): void {
    if (callers) this.#echo.confirmed();
    else if (endMs !== undefined) this.#echo.rejected(endMs - this.#pausedMs);
    this.host.emit(this.callId, { type: 'barge-in-rejected', turn: this.playout.turn, text });
  }

  begin(interruptible: boolean): number {
    const turn = this.nextTurn++;
    this.#unanswered = false;
    this.#supposed = '';
    this.playout.begin(turn, interruptible);
    this.onBegin();
    return turn;
  }

  /** Everything that is queued or heard ends now. */
  cutOff(cause: InterruptionCause): void {
    if (cause === 'caller') this.#echo.confirmed();
    for (const { turn, heard, audible } of this.playout.discard()) {
      this.host.toLanguage({ type: 'cancel', callId: this.callId, turn, heard });
      this.host.toVoice({ type: 'cancel', callId: this.callId, turn });
      if (audible) this.host.emit(this.callId, { type: 'bot-interrupted', turn, cause, heard });
      else this.#unanswered = true;
    }
  }
}
