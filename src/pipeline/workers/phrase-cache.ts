/**
 * What is said again and again (greeting, fillers, a prompt to a silent caller), as samples of a line. The longest
 * unused goes when there is too much. Only fixed texts come here: what a model says to a caller is not kept.
 */

export interface PhraseKey {
  voice: string;
  speed: number;
  rateHz: number;
  text: string;
}

const nameOf = ({ voice, speed, rateHz, text }: PhraseKey): string => JSON.stringify([voice, speed, rateHz, text]);

export class PhraseCache {
  /** Least recently used first. */
  readonly #phrases = new Map<string, Int16Array>();
  #samples = 0;

  /** `limit` in samples; four million are 8 MB. */
  constructor(private readonly limit = 4_000_000) {}

  get samples(): number {
    return this.#samples;
  }

  find(key: PhraseKey): Int16Array | undefined {
    const name = nameOf(key);
    const found = this.#phrases.get(name);
    if (found === undefined) return undefined;
    this.#phrases.delete(name);
    this.#phrases.set(name, found);
    return found;
  }

  keep(key: PhraseKey, samples: Int16Array): void {
    if (samples.length > this.limit) return;
    this.#drop(nameOf(key));
    this.#phrases.set(nameOf(key), samples);
    this.#samples += samples.length;
    for (const [oldest] of this.#phrases) {
      if (this.#samples <= this.limit) return;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    this.#samples -= this.#phrases.get(name)?.length ?? 0;
    this.#phrases.delete(name);
  }
}
