/**
 * The adaptive strategies, both between bounds. `adaptive` starts from the caller's own pauses and looks at the last
 * words; `smart` asks a model that heard the pause, and does the same until that answers, and where words promise more.
 */
import { CallerPauses, type PauseBounds } from './caller-pauses.js';
import type { EndOfTurn, EndOfTurnReason, Judgement, TurnState } from './end-of-turn.js';
import { Endings, plainWords } from './plain-words.js';
import { isNumberWord } from './spoken-digits.js';

export interface TurnLanguage {
  language: string;
  /** Last words after which the caller goes on. */
  unfinished: readonly string[];
  /** Last words of a whole sentence. */
  complete: readonly string[];
}

/** Shares of the base silence. */
const shares: Partial<Record<EndOfTurnReason, number>> = { complete: 0.6, unfinished: 2.2, number: 2 };

export class AdaptiveEndOfTurn implements EndOfTurn {
  readonly #pauses: CallerPauses;
  readonly #unfinished: Endings;
  readonly #complete: Endings;
  /** The words foretold that he would go on: such a pause says nothing about the others. */
  #explained = false;

  constructor(
    readonly bounds: PauseBounds,
    readonly language: TurnLanguage,
  ) {
    this.#pauses = new CallerPauses(bounds);
    this.#unfinished = new Endings(language.unfinished, language.language);
    this.#complete = new Endings(language.complete, language.language);
  }

  judge({ text }: TurnState): Judgement {
    const reason = this.#reason(text);
    const { leastMs, mostMs } = this.bounds;
    const share = shares[reason] ?? 1;
    const { baseMs } = this.#pauses;
    const silenceMs = Math.round(Math.max(leastMs, Math.min(mostMs, baseMs * share)));
    this.#explained = share > 1;
    return share > 1 ? { silenceMs, reason, wordsMs: Math.round(baseMs) } : { silenceMs, reason };
  }

  wentOn(pauseMs: number): void {
    if (!this.#explained) this.#pauses.add(pauseMs);
  }

  #reason(text: string): EndOfTurnReason {
    const last = plainWords(text, this.language.language).at(-1);
    if (last !== undefined && isNumberWord(last, this.language.language)) return 'number';
    if (/(\.\.\.|…|[,;:—–-])\s*$/.test(text) || this.#unfinished.end(text)) return 'unfinished';
    if (/[.?!]\s*$/.test(text) || this.#complete.end(text)) return 'complete';
    return this.#pauses.count > 0 ? 'pauses' : 'silence';
  }
}

export class SmartEndOfTurn implements EndOfTurn {
  readonly #words: AdaptiveEndOfTurn;

  constructor(
    readonly bounds: PauseBounds,
    language: TurnLanguage,
    /** Completion from which a turn is over. */
    readonly threshold: number,
  ) {
    this.#words = new AdaptiveEndOfTurn(bounds, language);
  }

  judge(state: TurnState): Judgement {
    const words = this.#words.judge(state);
    if (state.completion === undefined) return words;
    if (state.completion < this.threshold) return { silenceMs: this.bounds.mostMs, reason: 'model-unfinished' };
    // A number sounds complete after each of its digits.
    if (words.reason === 'unfinished' || words.reason === 'number') return words;
    return { silenceMs: this.bounds.leastMs, reason: 'model-complete' };
  }

  wentOn(pauseMs: number): void {
    this.#words.wentOn(pauseMs);
  }
}
