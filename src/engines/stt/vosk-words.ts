/** The JSON answers of libvosk, and the words of an utterance that may come in several of them. */
import type { Transcript } from '../engine.js';

interface Result {
  text?: string;
  result?: { conf?: number }[];
}

/** The words so far: `{"partial": "…"}`. */
export const partialOf = (json: string): string => (JSON.parse(json) as { partial?: string }).partial ?? '';

/** Collects the results of one utterance: libvosk ends one at each endpoint of its own. */
export class Words {
  readonly #texts: string[] = [];
  readonly #confidences: number[] = [];

  /** Takes `{"text": "…", "result": [{"conf": 0..1, …}, …]}`. */
  add(json: string): void {
    const { text = '', result = [] } = JSON.parse(json) as Result;
    if (text !== '') this.#texts.push(text);
    for (const word of result) if (word.conf !== undefined) this.#confidences.push(word.conf);
  }

  textWith(partial: string): string {
    return [...this.#texts, partial].filter((text) => text !== '').join(' ');
  }

  /** The confidence is the mean over the words; none where there are no words. */
  transcript(): Transcript {
    const sum = this.#confidences.reduce((total, confidence) => total + confidence, 0);
    const count = this.#confidences.length;
    // libvosk rounds confidences up past 1 now and then
    return { text: this.textWith(''), confidence: count === 0 ? undefined : Math.min(1, sum / count) };
  }
}
