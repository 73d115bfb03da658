/**
 * Does speech over the bot mean to interrupt it? Words that tell something do, a command does at once. Back-channels
 * ("evet", "uh-huh"), the bot's own words come back as an echo, and digits that are repeated while the bot dictates a
 * number do not. Without words (a recogniser that does not stream) long enough speech does.
 */
import { plain, plainWords } from './plain-words.js';
import { isNumberWord, spokenDigits } from './spoken-digits.js';

export interface BargeInOptions {
  /** Telling words that interrupt while the caller still speaks; afterwards one is enough. */
  words: number;
  /** Speech that interrupts without words. */
  speechMs: number;
  backChannels: readonly string[];
  /** Phrases that interrupt alone. */
  commands: readonly string[];
}

/** What the bot is doing while somebody speaks. */
export interface BotSpeech {
  /** The sentence that is being heard; empty when there is none. */
  text: string;
  /** Whether the level of what is heard follows what is played: the bot's own echo. */
  echo: 'likely' | 'unlikely' | 'unknown';
  /** False for what must be heard to its end. */
  interruptible: boolean;
}

export type BargeInVerdict = 'interrupt' | 'ignore' | 'unsure';

/** Digits of a sentence from which it dictates a number. */
const dictatedDigits = 3;
/** Share of the words that must be the bot's own, in its order, to be an echo. */
const echoShare = 0.7;

export class BargeInJudge {
  /** Longest first, so that "hı hı" goes before "hı". */
  readonly #backChannels: readonly string[];
  readonly #commands: readonly string[];

  constructor(
    readonly options: BargeInOptions,
    readonly language: string,
  ) {
    const known = (phrases: readonly string[]) =>
      phrases.map((phrase) => plain(phrase, language)).filter((phrase) => phrase !== '');
    this.#backChannels = known(options.backChannels).sort((a, b) => b.length - a.length);
    this.#commands = known(options.commands);
  }

  /** Words of `text` that are left when back-channels, echo and repeated digits are taken out. */
  tellingWords(text: string, bot: BotSpeech): string[] {
    if (this.isEcho(text, bot)) return [];
    let rest = ` ${plain(text, this.language)} `;
    for (const phrase of this.#backChannels) rest = rest.replaceAll(` ${phrase} `, ' ').replaceAll(` ${phrase} `, ' ');
    const words = rest.split(' ').filter((word) => word !== '');
    const dictates = spokenDigits(bot.text, this.language).length >= dictatedDigits;
    return dictates ? words.filter((word) => !isNumberWord(word, this.language)) : words;
  }

  /** While the caller still speaks: `text` is the partial, empty where there is none. */
  whileSpeaking(text: string, speechMs: number, bot: BotSpeech): BargeInVerdict {
    const telling = this.tellingWords(text, bot);
    if (telling.length >= this.options.words || this.#commands.includes(telling.join(' '))) return 'interrupt';
    if (text.trim() === '' && speechMs >= this.options.speechMs && bot.echo !== 'likely') return 'interrupt';
    return 'unsure';
  }

  /** The caller stopped and these are the words. */
  afterSpeech(text: string, bot: BotSpeech): BargeInVerdict {
    return this.tellingWords(text, bot).length > 0 ? 'interrupt' : 'ignore';
  }

  /** The words are the bot's own. */
  isEcho(text: string, bot: BotSpeech): boolean {
    if (bot.echo === 'unlikely' || bot.text === '') return false;
    const heard = plainWords(text, this.language);
    return heard.length > 0 && inOrder(heard, plainWords(bot.text, this.language)) >= echoShare * heard.length;
  }
}

/** Words of `heard` that are found in `said` in the same order: the longest common subsequence. */
function inOrder(heard: readonly string[], said: readonly string[]): number {
  let row = new Array<number>(said.length + 1).fill(0);
  for (const word of heard) {
    const above = row;
    row = [0];
    for (const [at, other] of said.entries())
      row.push(word === other ? (above[at] ?? 0) + 1 : Math.max(above[at + 1] ?? 0, row[at] ?? 0));
  }
  return row.at(-1) ?? 0;
}
