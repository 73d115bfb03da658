/**
 * Text as written to text as said: numbers, money, times and dates become words, abbreviations are spoken out, and
 * what is only for eyes goes away. Pure; an unknown language only loses its markup.
 */
import { spokenAbbreviation } from './abbreviations.js';
import { stripMarkup } from './markup.js';
import { englishRules } from './normalise-en.js';
import { turkishRules } from './normalise-tr.js';
import { applyRules, type Rule } from './rule.js';

const rulesOf: Readonly<Record<string, readonly Rule[]>> = { en: englishRules, tr: turkishRules };

/** Whatever is no letter and no mark that gives a sentence its melody, a voice would name or stumble over. */
const UNSPEAKABLE = /[^\p{L}\p{M}\s.,;:!?…'’"“”()–—-]+/gu;

/** In a language whose numbers we cannot read the voice has to do it. */
const UNSPOKEN_ANYWHERE = /[*_~`^|\\<>{}[\]#•·]+/g;

/** `language` is a code such as `en` or `tr-TR`. */
export function normalise(text: string, language: string): string {
  const code = language.slice(0, 2).toLowerCase();
  const rules = rulesOf[code];
  const stripped = stripMarkup(text);
  if (rules === undefined) return tidy(stripped, UNSPOKEN_ANYWHERE);
  return tidy(applyRules(rules, applyRules([abbreviations(code)], stripped)), UNSPEAKABLE);
}

/** Behind a number "sn." is no "Sayın": the rules of units have it. */
const abbreviations = (language: string): Rule => ({
  written: /(?<![\p{L}.])(?!(?<=\d\s?)(?:sn|gr)\.)(?<word>\p{L}+(?:\.\p{L})*)\./gu,
  say: ({ word = '' }, after) => spokenAbbreviation(word, after, language),
});

/** One blank between words, none before a mark. */
function tidy(text: string, unspeakable: RegExp): string {
  return text
    .replace(unspeakable, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\s+(?=[,.;:!?])/g, '')
    .replace(/([,;:])(?:[,;:])+/g, '$1')
    .replace(/^[,;:]\s*/, '')
    .replace(/(?<=\p{L}):(?=\p{L})/gu, ' ')
    .replace(/(?<=\p{L}),(?=\p{L})/gu, ', ')
    .trim();
}
