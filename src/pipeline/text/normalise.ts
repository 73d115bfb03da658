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

/** Signs that a voice would name, or stumble over. */
const UNSPEAKABLE = /[*_~`^|\\<>{}[\]#•·]+/g;

/** `language` is a code such as `en` or `tr-TR`. */
export function normalise(text: string, language: string): string {
  const code = language.slice(0, 2).toLowerCase();
  const rules = rulesOf[code];
  const stripped = stripMarkup(text);
  const said = rules === undefined ? stripped : applyRules(rules, applyRules([abbreviations(code)], stripped));
  return tidy(said);
}

const abbreviations = (language: string): Rule => ({
  written: /(?<![\p{L}.])(?<word>\p{L}+(?:\.\p{L})*)\./gu,
  say: ({ word = '' }, after) => spokenAbbreviation(word, after, language),
});

/** One blank between words, none before a mark. */
function tidy(text: string): string {
  return text
    .replace(UNSPEAKABLE, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\s+(?=[,.;:!?])/g, '')
    .trim();
}
