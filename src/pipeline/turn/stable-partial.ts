/** Partial words as they may be shown: a word is told once two hypotheses in a row had it, so it rarely changes. */

export class StablePartial {
  #last: readonly string[] = [];
  #told = '';

  /** Takes the newest hypothesis; returns what to tell when it changed. */
  push(text: string): string | undefined {
    const words = text.split(/\s+/).filter((word) => word !== '');
    const differs = words.findIndex((word, at) => word !== this.#last[at]);
    const stable = words.slice(0, differs < 0 ? words.length : differs).join(' ');
    this.#last = words;
    if (stable === this.#told || stable === '') return undefined;
    if (this.#told.startsWith(`${stable} `)) return undefined;
    this.#told = stable;
    return stable;
  }

  reset(): void {
    this.#last = [];
    this.#told = '';
  }
}
