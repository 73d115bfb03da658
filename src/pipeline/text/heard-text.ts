/** Which words the caller heard, from where the playout stopped. */
import { distance } from '../../media/sample-ring.js';

/** A sentence and its place in the spoken ring: positions are samples since the start of the call, in 32 bits. */
export interface SpokenSentence {
  text: string;
  from: number;
  to: number;
}

/**
 * The words of the sentences up to `playedTo`. Inside a sentence, time is taken to be in proportion to characters; a
 * word counts when it was played to its end. At the end of each sentence the estimate is put right.
 */
export function heardText(sentences: readonly SpokenSentence[], playedTo: number): string {
  const heard = sentences.map((sentence) => heardOf(sentence, playedTo)).filter((text) => text !== '');
  return heard.join(' ');
}

function heardOf({ text, from, to }: SpokenSentence, playedTo: number): string {
  if (distance(to, playedTo) >= 0) return text;
  const played = distance(from, playedTo);
  if (played <= 0) return '';
  const length = Math.floor((text.length * played) / distance(from, to));
  return wholeWords(text, length);
}

function wholeWords(text: string, length: number): string {
  if (/\s/.test(text.charAt(length))) return text.slice(0, length).trimEnd();
  return text.slice(0, Math.max(0, text.slice(0, length).search(/\s\S*$/)));
}
