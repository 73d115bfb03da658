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
import type { BargeInJudge, BotSpeech } from './barge-in.js';
import type { EndOfTurn, Judgement } from './end-of-turn.js';
import { TurnText } from './turn-text.js';

export interface TurnEffects {
  /** What the bot is saying now. */
  botSpeech(): BotSpeech;
  pausePlayout(): void;
  resumePlayout(): void;
  /** Discards what is not yet played and cancels the work on it. */
  interruptBot(cause: InterruptionCause): void;
  bargeInRejected(text: string): void;
  /** The bot may not be interrupted: what the caller says is not listened to while it is busy. */
  callerMuted(muted: boolean): void;
  /** The caller paused: a recogniser that does not stream may decode ahead. */
  pauseRecogniser(): void;
  /** The strategy asks for this silence now; told when it changes within a pause. */
  turnJudged(judgement: Judgement): void;
  /** The words of the turn, if it ends with this pause; told when they change. Empty: the caller went on. */
  turnSupposed(text: string): void;
  /** The silence was long enough. */
  turnDecided(judgement: Judgement): void;
  /** Asks for the words of the utterance; `transcript` brings them. */
  finishUtterance(): void;
  resetUtterance(): void;
  /** The caller's turn is over; these are its words. */
  endTurn(text: string): void;
}

/** The judges are asked for anew each time: the language may change. */
export interface TurnMachineOptions {
  readonly bargeIn: boolean;
  readonly judge: BargeInJudge;
  readonly endOfTurn: EndOfTurn;
}

type Caller = 'idle' | 'speaking' | 'quiet' | 'finishing';

export class TurnMachine {
  #caller: Caller = 'idle';
  #botBusy = false;
  /** The playout is paused and the judge has not spoken. */
  #suspected = false;
  /** The bot may not be interrupted: this speech is not for us. */
  #ignored = false;
  #muted = false;
  #awaitsTranscript = false;
  /** Somebody spoke since the words were last asked for. */
  #fresh = false;
  /** The recogniser's words so far are all in `#text`. */
  #settled = false;
  /** This pause ended the turn. */
  #decided = false;
  #silenceMs = 0;
  readonly #text: TurnText;

  constructor(
    readonly options: TurnMachineOptions,
    readonly effects: TurnEffects,
  ) {
    this.#text = new TurnText((judgement) => effects.turnJudged(judgement));
  }

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
  /** Perhaps somebody begins to speak over the bot: it stops to listen, before it is certain. */
  speechMaybe(): void {
    const early = this.#botBusy && this.#caller === 'idle' && this.effects.botSpeech().echo !== 'likely';
    if (early && this.#mayInterrupt()) this.#suspect();
  }

  /** It was nothing. */
  speechWasNothing(): void {
    if (this.#suspected && this.#caller === 'idle' && !this.#awaitsTranscript) this.#reject('');
  }

  speechStarted(): void {
    if (this.#caller === 'quiet' || this.#caller === 'finishing') this.#wentOn();
    this.#caller = 'speaking';
    this.#fresh = true;
    this.#settled = false;
    this.#silenceMs = 0;
    if (this.#botBusy) this.#overTheBot();
  }

  #wentOn(): void {
    this.options.endOfTurn.wentOn(this.#silenceMs);
    this.effects.turnSupposed('');
  }

  /** Somebody speaks while the bot is busy. */
  #overTheBot(): void {
    this.#ignored = !this.#mayInterrupt();
    if (!this.#ignored) this.#suspect();
  }

  #mayInterrupt(): boolean {
    return this.options.bargeIn && this.effects.botSpeech().interruptible;
  }

  /** What is likely the bot's own echo is judged while the bot goes on. */
  #suspect(): void {
    if (this.#suspected) return;
    this.#suspected = true;
    if (this.effects.botSpeech().echo !== 'likely') this.effects.pausePlayout();
  }

  /** More speech of the running utterance: its words so far and its length. */
  speechContinues(partial: string, speechMs: number): void {
    if (!this.#suspected) return;
    const verdict = this.options.judge.whileSpeaking(partial, speechMs, this.effects.botSpeech());
    if (verdict === 'interrupt') this.#confirm('caller');
  }

  speechStopped(): void {
    if (this.#ignored) return this.#forget();
    this.#caller = 'quiet';
    this.#decided = false;
    this.#text.pause();
    if (this.#suspected) return this.#finish();
    this.effects.pauseRecogniser();
  }

  /** A model that heard the pause says how likely the turn is complete. */
  completion(probability: number): void {
    if (this.#caller === 'quiet') this.#text.completion = probability;
  }

  /** Silence so far since the last voiced sample; `partial` are the words so far. */
  silence(silenceMs: number, partial: string): void {
    if (this.#caller !== 'quiet' && this.#caller !== 'finishing') return;
    this.#silenceMs = silenceMs;
    if (this.#caller !== 'quiet' || this.#suspected) return;
    const { asked } = this.#text;
    const judgement = this.#text.judge(this.options.endOfTurn, this.#settled ? '' : partial);
    if (this.#text.asked !== asked) this.effects.turnSupposed(this.#text.asked ?? '');
    const over = silenceMs >= judgement.silenceMs;
    if (over) this.#decide(judgement);
    if (over && this.#settled) this.#submit();
    else if (!this.#settled && silenceMs >= (judgement.wordsMs ?? judgement.silenceMs)) this.#finish();
  }

  /** The silence was long enough; told once for a pause. */
  #decide(judgement: Judgement): void {
    if (!this.#decided) this.effects.turnDecided(judgement);
    this.#decided = true;
  }

  /** The words of the utterance; empty when there were none or they were not certain enough. */
  transcript(text: string): void {
    this.#awaitsTranscript = false;
    const kept = !this.#suspected || this.#judge(text);
    if (kept) this.#text.add(text);
    if (this.#suspected && this.#caller === 'quiet') this.#finish();
    else if (this.#caller === 'finishing') this.#submitOrWait();
    else this.#settled = this.#caller === 'quiet' && !this.#fresh;
  }

  /** Text that came another way than by speech, keys for example: a turn of its own, or part of the running one. */
  typed(text: string): void {
    this.#text.add(text);
    if (this.#caller === 'idle') this.#submit();
  }

  /** The bot has been given something to say. */
  botStarts(): void {
    this.#setBusy(true);
    if (this.#caller === 'speaking') this.#overTheBot();
  }

  /** Everything was said, or nothing will be. Who still speaks is listened to from now on. */
  botIsDone(): void {
    this.#setBusy(false);
    this.#ignored = false;
    if (!this.#suspected) return;
    this.#suspected = false;
    this.effects.resumePlayout();
  }

  /** A client or a key cuts the bot off; false when it was silent. */
  interrupt(cause: InterruptionCause): boolean {
    if (!this.#botBusy) return false;
    this.#confirm(cause);
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
    if (this.options.judge.afterSpeech(text, this.effects.botSpeech()) === 'interrupt') {
      this.#confirm('caller');
      return true;
    }
    // He goes on: the playout stays paused, and what comes is judged.
    if (!this.#fresh) this.#reject(text);
    return false;
  }

  #reject(text: string): void {
    this.#suspected = false;
    this.#caller = 'idle';
    this.effects.bargeInRejected(text);
    this.effects.resumePlayout();
  }

  #confirm(cause: InterruptionCause): void {
    this.#suspected = false;
    this.#ignored = false;
    this.#setBusy(false);
    this.effects.interruptBot(cause);
  }

  /** The final words may promise more than the partial ones did: then the turn waits on. */
  #submitOrWait(): void {
    const judgement = this.#text.judge(this.options.endOfTurn, '');
    if (this.#text.empty || this.#silenceMs >= judgement.silenceMs) {
      this.#decide(judgement);
      return this.#submit();
    }
    this.effects.turnSupposed(this.#text.asked ?? '');
    this.#caller = 'quiet';
    this.#decided = false;
    this.#settled = true;
  }

  #setBusy(busy: boolean): void {
    this.#botBusy = busy;
    const muted = busy && !this.#mayInterrupt();
    if (muted !== this.#muted) this.effects.callerMuted(muted);
    this.#muted = muted;
  }

  #submit(): void {
    this.#settled = false;
    this.#caller = 'idle';
    const text = this.#text.take();
    if (text !== '') this.effects.endTurn(text);
  }

  #forget(): void {
    this.#ignored = false;
    this.#caller = 'idle';
    this.effects.resetUtterance();
  }
}
