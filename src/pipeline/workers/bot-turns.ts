/** The bot's turns of one call, as the speech worker orders them: it gives the numbers, and cuts off what is queued. */
import type { EventBody, InterruptionCause } from '../events.js';
import type { Playout } from './playout.js';
import type { SpeechToLanguage, SpeechToVoice } from './protocol.js';

export interface BotTurnsHost {
  emit(callId: string, body: EventBody): void;
  toLanguage(message: SpeechToLanguage): void;
  toVoice(message: SpeechToVoice): void;
}

export class BotTurns {
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

  begin(interruptible: boolean): number {
    const turn = this.nextTurn++;
    this.#unanswered = false;
    this.playout.begin(turn, interruptible);
    this.onBegin();
    return turn;
  }

  /** Everything that is queued or heard ends now. */
  cutOff(cause: InterruptionCause): void {
    for (const { turn, heard, audible } of this.playout.discard()) {
      this.host.toLanguage({ type: 'cancel', callId: this.callId, turn, heard });
      this.host.toVoice({ type: 'cancel', callId: this.callId, turn });
      if (audible) this.host.emit(this.callId, { type: 'bot-interrupted', turn, cause, heard });
      else this.#unanswered = true;
    }
  }
}
