/**
 * Does speech over the bot mean to interrupt it? Words that are not back-channels do; without words (a recogniser
 * that does not stream) long enough speech does. "Evet", "tamam", "uh-huh" alone do not.
 */

export interface BargeInOptions {
  words: number;
  speechMs: number;
  backChannels: readonly string[];
}

export type BargeInVerdict = 'interrupt' | 'ignore' | 'unsure';

/** Lower case of the language, without punctuation: what a back-channel list and a transcript have in common. */
export const plain = (text: string, language: string): string =>
  text
    .toLocaleLowerCase(language)
    .replace(/[^\p{L}\p{N}\s'-]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();

export class BargeInJudge {
  /** Longest first, so that "hı hı" goes before "hı". */
  readonly #backChannels: readonly string[];

  constructor(
    readonly options: BargeInOptions,
    readonly language: string,
  ) {
    const known = options.backChannels.map((phrase) => plain(phrase, language)).filter((phrase) => phrase !== '');
    this.#backChannels = known.sort((a, b) => b.length - a.length);
  }

  /** Words of `text` that are left when every back-channel is taken out. */
  tellingWords(text: string): string[] {
    let rest = ` ${plain(text, this.language)} `;
    for (const phrase of this.#backChannels) rest = rest.replaceAll(` ${phrase} `, ' ').replaceAll(` ${phrase} `, ' ');
    return rest.split(' ').filter((word) => word !== '');
  }

  /** While the caller still speaks: `text` is the partial, empty where there is none. */
  whileSpeaking(text: string, speechMs: number): BargeInVerdict {
    if (this.tellingWords(text).length >= this.options.words) return 'interrupt';
    if (text.trim() === '' && speechMs >= this.options.speechMs) return 'interrupt';
    return 'unsure';
  }

  /** The caller stopped and these are the words. */
  afterSpeech(text: string): BargeInVerdict {
    return this.tellingWords(text).length >= this.options.words ? 'interrupt' : 'ignore';
  }
}
