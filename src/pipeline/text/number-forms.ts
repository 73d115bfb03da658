/** The forms in which numbers are written, brought to the one that the rules of a language read; and codes, versions. */
import { digitGroups } from './digit-groups.js';
import type { NumberWords } from './number-words.js';
import { type Rule, word } from './rule.js';
import { spelled } from './spelled.js';

export interface FormWords {
  language: string;
  /** What groups the thousands; the other one of point and comma begins the fraction. */
  thousands: '.' | ',';
  to: string;
  minus: string;
  dot: string;
  numbers: NumberWords;
  /** What stands before a number that is read digit by digit ("your code is "): the inside of a lookbehind. */
  secretAfter: string;
}

/** Behind what is counted or measured no secret ends. */
const measured = '%|TL|lira|kişi|dollars?|euros?|pounds?|percent|people';

/** Before any other rule reads a digit. */
export function formRules(words: FormWords): Rule[] {
  const [own, foreign] = words.thousands === '.' ? ['.', ','] : [',', '.'];
  return [
    word(/(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))/g, ''),
    {
      written: /(?<![\d+()]|[\d)][ -])(?<first>[1-9]\d{0,2})(?<rest>(?: \d{3})* 000)(?! ?\d)/g,
      say: ({ first = '', rest = '' }) => first + rest.replaceAll(' ', ''),
    },
    {
      written: new RegExp(
        `(?<![\\d.,])(?<whole>\\d{1,3}(?:\\${foreign}\\d{3})+)\\${own}(?<fraction>\\d{2})(?![\\d.,]*\\d)`,
        'g',
      ),
      say: ({ whole = '', fraction = '' }) => whole.replaceAll(foreign, own) + foreign + fraction,
    },
    {
      written: new RegExp(
        `(?<=${words.secretAfter})(?<digits>\\d{2,4}(?:[ -]\\d{2,4})+|\\d{3,8})(?!\\d|[.,]\\d|\\s?(?:${measured}))`,
        'giu',
      ),
      say: ({ digits = '' }) => spelledGroups(digits, words.numbers),
    },
    {
      written: /(?<![\d-])(?<digits>\d(?:-\d){2,})(?![\d-])/g,
      say: ({ digits = '' }) => words.numbers.digits(digits.replaceAll('-', '')),
    },
    word(/(?<=\d\s?%)\s?[-–]\s?(?=\d)/g, ` ${words.to} `),
    { written: /(?<sign>[$€£₺])[-−](?=\d)/g, say: ({ sign }) => `${words.minus} ${sign}` },
    word(/(?<=\d)\s[-–−]\s(?=\d+\s?=)/g, ` ${words.minus} `),
    {
      written: /(?<sign>[$€£₺])(?<low>\d[\d.,]*)\s?[-–]\s?(?=\d)/g,
      say: ({ sign, low }) => `${low} ${words.to} ${sign}`,
    },
    {
      written:
        /(?<![\p{L}\d.,+()/-]|[\d)][ -])(?<low>\d{1,3}(?:(?:[.,]\d{3})+|[.,]\d{1,2})?)\s?[-–]\s?(?<high>\d{1,3}(?:(?:[.,]\d{3})+|[.,]\d{1,2})?)(?!\d|[ .,/-]\d|:\d)/gu,
      say: ({ low, high }) => `${low} ${words.to} ${high}`,
    },
    word(/(?<![\p{L}\d).]|\d\s)[-−](?=[$€£₺%]?\d)/gu, ` ${words.minus} `),
  ];
}

/** What is left over behind dates, times and money: versions ("2.1.3"), codes ("TK1984"), letters at digits ("MP3"). */
export function codeRules({ language, dot, numbers }: FormWords): Rule[] {
  return [
    {
      written: /(?<![\p{L}\d])(?<letters>[A-Z]{1,3})-?(?<digits>\d{3,8})(?![\p{L}\d])/gu,
      say: ({ letters = '', digits = '' }) => `${spelled(letters, language)}, ${numbers.digits(digits)}`,
    },
    word(/(?<=\p{L})-?(?=\d)/gu, ' '),
    word(/(?<=\d)(?=\p{Lu})/gu, ' '),
    {
      written: /(?<![\d.,])(?<numbers>\d{1,3}(?:\.\d{1,3}){2,})(?![\d,]|\.\d)/g,
      say: ({ numbers: parts = '' }) =>
        /^\d{1,3}(?:\.\d{3})+$/.test(parts)
          ? undefined
          : parts
              .split('.')
              .map((part) => numbers.cardinal(part))
              .join(` ${dot} `),
    },
  ];
}

/** Digit by digit: short ones in one go, long ones and those written in groups with pauses between. */
const spelledGroups = (digits: string, numbers: NumberWords): string =>
  /^\d{1,6}$/.test(digits)
    ? numbers.digits(digits)
    : digitGroups(digits)
        .map((group) => numbers.digits(group))
        .join(', ');
