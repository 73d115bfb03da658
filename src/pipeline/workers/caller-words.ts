/** The caller's words of one call: audio → recogniser → events, partial words that hold still, finals that are certain. */
import type { SttEngine } from '../../engines/engine.js';
import { OavcError, reasonOf } from '../../errors.js';
import type { EventBody } from '../events.js';
import type { CallSettings } from '../services.js';
import { StablePartial } from '../turn/stable-partial.js';
import type { TurnOptions } from './protocol.js';
import { Utterance } from './utterance.js';

export interface WordsHost {
  engineFor(language: string): SttEngine;
  turn: Pick<TurnOptions, 'sttTimeoutMs'>;
  emit(callId: string, body: EventBody): void;
}

/** The call whose words they are. */
export interface WordsEffects {
  readonly callId: string;
  readonly settings: CallSettings;
  /** The number of the turn that the words would make. */
  readonly nextTurn: number;
  /** The words of an utterance; empty when there were none or they were not certain enough. */
  transcribed(text: string): void;
  recogniserFailed(): void;
}

export class CallerWords {
  readonly #utterance: Utterance;
  readonly #stable = new StablePartial();
  #closed = false;

  constructor(
    readonly host: WordsHost,
    readonly call: WordsEffects,
  ) {
    this.#utterance = new Utterance(host.engineFor, call.settings.language, (text) => this.#heard(text));
  }

  /** Words so far; empty where the recogniser does not stream. */
  get partial(): string {
    return this.#utterance.partial;
  }

  /** Takes a window; `active` says whether somebody speaks or the utterance goes on. */
  hear(window: Int16Array, active: boolean): void {
    this.#utterance.hear(window, active);
  }

  pause(): void {
    this.#utterance.pause();
  }

  #heard(text: string): void {
    const stable = this.#stable.push(text);
    if (stable !== undefined) this.#emit({ type: 'transcript-partial', text: stable });
  }

  /** Asks for the words of the utterance. */
  finish(): void {
    this.#stable.reset();
    this.#utterance
      .finish(this.host.turn.sttTimeoutMs)
      .then(({ text, confidence }) => this.#transcribed(text, confidence))
      .catch((thrown: unknown) => this.#failed(thrown));
  }

  #transcribed(text: string, confidence: number | undefined): void {
    const certain = confidence === undefined || confidence >= this.call.settings.confidenceThreshold;
    const kept = certain ? text.trim() : '';
    const { spokenLanguage: language } = this.#utterance;
    if (kept === '') {
      this.#emit({ type: 'transcript-dropped', text, confidence, why: certain ? 'empty' : 'confidence' });
    } else {
      this.#emit({ type: 'transcript-final', text: kept, confidence, language, turn: this.call.nextTurn });
    }
    this.call.transcribed(kept);
  }

  #failed(thrown: unknown): void {
    if (this.#closed) return;
    const code = thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED';
    this.#emit({ type: 'error', code, message: reasonOf(thrown), fatal: false });
    this.call.recogniserFailed();
  }

  #emit(body: EventBody): void {
    this.host.emit(this.call.callId, body);
  }

  /** Of the next utterance. */
  set language(language: string) {
    this.#utterance.language = language;
  }

  reset(): void {
    this.#stable.reset();
    this.#utterance.reset();
  }

  close(): void {
    this.#closed = true;
    this.#utterance.close();
  }
}
