/** A silent caller of one call: what he is asked, and the goodbye after which the call ends. */
import type { EventBody } from '../events.js';
import { CallerSilence } from '../turn/caller-silence.js';
import type { LanguageWords } from './protocol.js';

export interface IdleEffects {
  /** Of the language that is spoken now. */
  readonly languageWords: LanguageWords;
  /** Says it, and returns the turn. */
  prompt(text: string): number;
  emit(body: EventBody): void;
}

export class IdleCaller {
  readonly #silence: CallerSilence;
  /** The turn that says goodbye. */
  #goodbye: number | undefined;

  constructor(
    idleMs: number,
    readonly effects: IdleEffects,
  ) {
    this.#silence = new CallerSilence({ idleMs, prompts: effects.languageWords.idlePrompts.length });
  }

  /** So much more was heard; `busy` while anybody does something, or nobody can. */
  tick(elapsedMs: number, busy: boolean): void {
    const step = this.#silence.tick(elapsedMs, busy);
    if (!step) return;
    const { idlePrompts, goodbye } = this.effects.languageWords;
    const text = (step.step === 'ask' ? idlePrompts[step.prompt] : goodbye) ?? '';
    this.#tell(text === '');
    if (text === '') return;
    const turn = this.effects.prompt(text);
    if (step.step === 'goodbye') this.#goodbye = turn;
  }

  /** He said or did something, or cut the goodbye off. */
  answered(): void {
    this.#silence.answered();
    this.#goodbye = undefined;
  }

  /** This turn was heard to its end. */
  heard(turn: number): void {
    if (turn === this.#goodbye) this.#tell(true);
  }

  #tell(ends: boolean): void {
    this.effects.emit({ type: 'caller-silent', asked: this.#silence.asked, ends });
  }
}
