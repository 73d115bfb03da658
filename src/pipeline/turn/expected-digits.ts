/**
 * A number of known length that the caller gives, as a slot: once he has begun it, his turn waits for its last digit,
 * and ends soon after that. Around any strategy.
 */
import type { EndOfTurn, Judgement, TurnState } from './end-of-turn.js';
import { spokenDigits } from './spoken-digits.js';

export interface DigitSilences {
  /** Ends the turn when digits are missing. */
  missingMs: number;
  /** Ends the turn when all are there. */
  completeMs: number;
}

export class ExpectedDigits implements EndOfTurn {
  /** 0 expects none. */
  count = 0;

  constructor(
    readonly strategy: EndOfTurn,
    readonly silences: DigitSilences,
    readonly language: string,
  ) {}

  judge(state: TurnState): Judgement {
    const missing = this.#missing(state.text);
    if (missing === undefined) return this.strategy.judge(state);
    const { missingMs, completeMs } = this.silences;
    if (missing > 0) return { silenceMs: missingMs, reason: 'digits-missing' };
    return { silenceMs: completeMs, reason: 'digits-complete' };
  }

  wentOn(pauseMs: number): void {
    this.strategy.wentOn(pauseMs);
  }

  /** Undefined while no number was begun. */
  #missing(text: string): number | undefined {
    if (this.count === 0) return undefined;
    const digits = spokenDigits(text, this.language).length;
    return digits === 0 ? undefined : this.count - digits;
  }
}
