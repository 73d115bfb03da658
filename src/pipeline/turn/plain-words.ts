/** Text as lists of words compare it: lower case of the language, without punctuation; "uh-huh" is two words. */

export const plain = (text: string, language: string): string =>
  text
    .toLocaleLowerCase(language)
    .replace(/[^\p{L}\p{N}\s']/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();

export const plainWords = (text: string, language: string): string[] =>
  plain(text, language)
    .split(' ')
    .filter((word) => word !== '');

/** Phrases that a text may end with. */
export class Endings {
  readonly #phrases: readonly string[];

  constructor(
    phrases: readonly string[],
    readonly language: string,
  ) {
    this.#phrases = phrases.map((phrase) => plain(phrase, language)).filter((phrase) => phrase !== '');
  }

  /** True when the last words of `text` are one of the phrases. */
  end(text: string): boolean {
    const words = ` ${plain(text, this.language)}`;
    return this.#phrases.some((phrase) => words.endsWith(` ${phrase}`));
  }
}
