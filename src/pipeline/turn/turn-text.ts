/** The words of a turn that is being taken, and what the strategy thinks of them; it is asked only when they change. */
import type { EndOfTurn, Judgement } from './end-of-turn.js';

export class TurnText {
  #segments: string[] = [];
  #asked: string | undefined;
  #judged: Judgement = { silenceMs: 0, reason: 'silence' };
  #completion: number | undefined;

  constructor(readonly onJudged: (judgement: Judgement) => void) {}

  /** What the strategy was asked about in this pause: the turn, if it ends here. */
  get asked(): string | undefined {
    return this.#asked;
  }

  get empty(): boolean {
    return this.#segments.length === 0;
  }

  /** Of the pause that is being heard. */
  set completion(probability: number) {
    this.#completion = probability;
    this.#asked = undefined;
  }

  /** The words of an utterance that is over. */
  add(text: string): void {
    if (text !== '') this.#segments.push(text);
  }

  /** A pause begins: what was thought of the last one is over. */
  pause(): void {
    this.#asked = undefined;
    this.#completion = undefined;
    this.#judged = { silenceMs: 0, reason: 'silence' };
  }

  /** What the strategy asks for now; `partial` are the words of the utterance that is not over. */
  judge(strategy: EndOfTurn, partial: string): Judgement {
    const text = [...this.#segments, partial].join(' ').trim();
    if (text === this.#asked) return this.#judged;
    this.#asked = text;
    const before = this.#judged;
    this.#judged = strategy.judge({ text, completion: this.#completion });
    const changed = this.#judged.silenceMs !== before.silenceMs || this.#judged.reason !== before.reason;
    if (changed) this.onJudged(this.#judged);
    return this.#judged;
  }

  take(): string {
    const text = this.#segments.join(' ').trim();
    this.#segments = [];
    return text;
  }
}
