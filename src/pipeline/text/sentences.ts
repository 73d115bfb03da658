/**
 * Cuts a stream of tokens into what the voice speaks: whole sentences, and a first piece early, at a clause, so that
 * the answer begins before its first sentence is complete. Pure: text in, pieces out, nothing is lost or added.
 */
import { stopEndsWord } from './abbreviations.js';

export interface SentenceOptions {
  /** Words that a clause must have to be spoken before its sentence is complete. */
  firstClauseWords: number;
  /** A piece never gets longer; it is cut at a blank. In characters. */
  maxLength: number;
  /** Language of the abbreviations. */
  language: string;
}

export const sentenceDefaults: SentenceOptions = { firstClauseWords: 4, maxLength: 240, language: 'en' };

const CLOSERS = `"'”’)]»`;

export class SentenceSplitter {
  readonly #options: SentenceOptions;
  #text = '';
  #first = true;

  constructor(options: Partial<SentenceOptions> = {}) {
    this.#options = { ...sentenceDefaults, ...options };
  }

  /** Takes the next tokens; returns the pieces that are complete, trimmed. */
  push(text: string): string[] {
    this.#text += text;
    const pieces: string[] = [];
    for (let end = this.#end(); end !== undefined; end = this.#end()) this.#take(end, pieces);
    return pieces;
  }

  /** The stream is over: what is left. The next push begins a new answer. */
  flush(): string[] {
    const pieces = this.push('');
    this.#take(this.#text.length, pieces);
    this.#first = true;
    return pieces;
  }

  #take(end: number, pieces: string[]): void {
    const piece = this.#text.slice(0, end).replace(/\s+/g, ' ').trim();
    this.#text = this.#text.slice(end);
    if (piece === '') return;
    pieces.push(piece);
    this.#first = false;
  }

  /** Where the next piece ends; undefined while more text is needed to know. */
  #end(): number | undefined {
    const { maxLength } = this.#options;
    for (let at = 0; at < this.#text.length && at < maxLength; at++) {
      if (this.#endsSentence(at) || (this.#first && this.#endsClause(at))) return this.#afterMark(at);
    }
    if (this.#text.length <= maxLength) return undefined;
    const blank = this.#text.lastIndexOf(' ', maxLength);
    return blank > 0 ? blank : maxLength;
  }

  /** Behind the mark, and the marks and quotes that follow it. */
  #afterMark(at: number): number {
    let end = at + 1;
    while (end < this.#text.length && `.!?…${CLOSERS}`.includes(this.#text.charAt(end))) end++;
    return end;
  }

  #endsSentence(at: number): boolean {
    const mark = this.#text.charAt(at);
    if (mark === '\n') return this.#text.slice(0, at).trim() !== '';
    if (!'.!?…。？！'.includes(mark)) return false;
    // Only what follows tells a full stop from a decimal point, so a mark at the very end waits for more.
    const next = this.#text.charAt(this.#afterMark(at));
    if (next === '' || !/\s/.test(next)) return false;
    return mark !== '.' || this.#stopEnds(at);
  }

  /** Whether the full stop at `at` ends a sentence, and not only a word ("Dr.", "No. 5", "1. kat"). */
  #stopEnds(at: number): boolean {
    const before = this.#text.slice(0, at);
    const word = /[^\s(["“]*$/.exec(before)?.[0] ?? '';
    const after = this.#text.slice(at + 1).trimStart();
    if (/^\d{1,3}$/.test(word)) return this.#numberEnds(before.trim() === word, after);
    return stopEndsWord(word, after, this.#options.language);
  }

  /** A list item ("1. Open …") goes on, and so does a Turkish ordinal ("1. kat"). */
  #numberEnds(beginsSentence: boolean, after: string): boolean {
    if (beginsSentence || after === '') return false;
    return this.#options.language !== 'tr' || !/^\p{Ll}/u.test(after);
  }

  #endsClause(at: number): boolean {
    if (!',;:—–'.includes(this.#text.charAt(at))) return false;
    if (!/\s/.test(this.#text.charAt(at + 1))) return false;
    return this.#text.slice(0, at).trim().split(/\s+/).length >= this.#options.firstClauseWords;
  }
}
