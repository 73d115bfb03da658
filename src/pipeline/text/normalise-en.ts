/** English as it is said. Rules run in order: the specific ones take their digits before the general ones see them. */
import { addressRules } from './addresses.js';
import { DIGIT_STRING, digitGroups, isRound } from './digit-groups.js';
import { CURRENCIES, UNITS } from './measures-en.js';
import { codeRules, type FormWords, formRules } from './number-forms.js';
import { englishNumbers as numbers } from './number-words.js';
import { romanValue } from './roman.js';
import { type Rule, word } from './rule.js';
import { spelled } from './spelled.js';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const MONTH = `(?<month>${MONTHS.join('|')})`;
const AMOUNT = String.raw`(?<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?<fraction>\d+))?(?!\d)`;

const unitName = ({ whole, fraction, unit = '' }: Readonly<Record<string, string | undefined>>): string =>
  UNITS[unit]?.[plain(whole) === '1' && fraction === undefined ? 0 : 1] ?? '';

const plain = (digits = ''): string => digits.replaceAll(',', '');
const cardinal = (digits?: string): string => numbers.cardinal(plain(digits));
const amount = ({ whole, fraction }: Readonly<Record<string, string | undefined>>): string =>
  fraction === undefined ? cardinal(whole) : numbers.decimal(plain(whole), fraction);

/** "42.50" with dollars and cents; a fraction that is no hundredths ("1.5") is read as a decimal of the whole. */
function money(groups: Readonly<Record<string, string | undefined>>, names: readonly string[]): string {
  const [one, many, cent, cents] = names;
  const { whole, fraction } = groups;
  if (fraction !== undefined && fraction.length !== 2) return `${amount(groups)} ${many}`;
  const main = `${cardinal(whole)} ${plain(whole) === '1' ? one : many}`;
  const small = Number(fraction ?? 0);
  if (small === 0) return main;
  const rest = `${numbers.cardinal(String(small))} ${small === 1 ? cent : cents}`;
  return Number(plain(whole)) === 0 ? rest : `${main} and ${rest}`;
}

const SCALE = String.raw`(?:\s(?<scale>thousand|million|billion))?`;
const moneyRules: Rule[] = CURRENCIES.flatMap(([sign, ...names]) => {
  const say: Rule['say'] = (groups) =>
    groups.scale === undefined ? money(groups, names) : `${amount(groups)} ${groups.scale} ${names[1]}`;
  const before = new RegExp(`(?<!\\w)(?:${sign})\\s?${AMOUNT}${SCALE}`, 'g');
  const after = new RegExp(`(?<![\\d.,])${AMOUNT}${SCALE}\\s?(?:${sign})(?!\\w)`, 'g');
  return [before, after].map((written) => ({ written, say }));
});

/** 1999 is "nineteen ninety-nine", 2005 "two thousand five", 2024 "twenty twenty-four". */
export function yearWords(year: string): string {
  const [century, rest] = [year.slice(0, 2), year.slice(2)];
  if (year.slice(1, 3) === '00') return numbers.cardinal(year);
  if (rest === '00') return `${numbers.cardinal(century)} hundred`;
  return `${numbers.cardinal(century)} ${rest.startsWith('0') ? `oh ${numbers.cardinal(rest.slice(1))}` : numbers.cardinal(rest)}`;
}

const day = (digits = ''): string => numbers.ordinal(String(Number(digits)));
/** A date of digits, the day first where it cannot be the month; undefined where neither can. */
function date(year: string, month: string, days: string): string | undefined {
  if (Number(month) > 12 && Number(days) <= 12) return date(year, days, month);
  const name = MONTHS[Number(month) - 1];
  if (name === undefined || Number(days) < 1 || Number(days) > 31) return undefined;
  return `${name} ${day(days)}, ${yearWords(year)}`;
}

/** "10:05" is "ten oh five"; a whole hour is "ten o'clock", but "ten A M". */
function time({ hour = '', minute = '00', half }: Readonly<Record<string, string | undefined>>): string {
  const said = numbers.cardinal(String(Number(hour)));
  const behind = half === undefined ? '' : ` ${half.toUpperCase()} M`;
  if (minute === '00') return half === undefined ? `${said} o'clock` : said + behind;
  const minutes = numbers.cardinal(String(Number(minute)));
  return `${said} ${minute.startsWith('0') ? `oh ${minutes}` : minutes}${behind}`;
}

const DAY_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ').map((name) => [name.slice(0, 3), name]),
);
const DAYS = Object.keys(DAY_NAMES).join('|');
const SHORT_MONTHS = MONTHS.map((name) => name.slice(0, 3)).filter((short) => short !== 'May');
/** What has to be settled before signs and digits are read one by one. */
const openingRules: Rule[] = [
  word(/(?<=\d:[0-5]\d)\s?[-–]\s?(?=\d{1,2}:[0-5]\d)/g, ' to '),
  word(/(?<=\d)\s?[-–]\s?(?=[$€£₺]\s?\d)/g, ' to '),
  word(/(?<=\s|^)~(?=\s?[$€£₺\d])/g, 'about '),
  word(/(?<=\b[CF])#/g, ' sharp'),
  word(/#(?=\s?\d)/g, 'number '),
  word(/<(?=\s?\d)/g, ' less than '),
  word(/>(?=\s?\d)/g, ' more than '),
  word(/(?<=\d\s?[ap] ?m)\s?[-–]\s?(?=\d)/gi, ' to '),
  word(/(?<=\d)\s?k\b/g, ' thousand'),
  word(/(?<=[$€£₺]\d[\d.,]*)\s?[mM]\b/g, ' million'),
  word(/(?<=[$€£₺]\d[\d.,]*)\s?(?:bn|B)\b/g, ' billion'),
  word(/(?<=\d)\s?[x*]\s?(?=\d)/g, ' times '),
  word(/(?<=\d)x(?!\w)/g, ' times'),
  word(/(?<=\d)\^(?=\d)/g, ' to the power of '),
  word(/(?<![\p{L}\d.,])\.(?=\d)/gu, '0.'),
  word(/\/(?=(?:second|minute|hour|day|night|week|month|year|person|user)\b)/g, ' per '),
  {
    written: new RegExp(`\\b(?<from>${DAYS})\\s?[-–]\\s?(?<until>${DAYS})\\b`, 'g'),
    say: ({ from = '', until = '' }) => `${DAY_NAMES[from]} to ${DAY_NAMES[until]}`,
  },
  {
    written:
      /(?<=\b(?:Chapter|Part|Section|Volume|Book|Act|Article|Phase|Type|Level|Class|Tier|Stage|War|Title|Plan|Unit|Room|Grade|Version) )(?<roman>I(?=\s*(?:[.,;:!?)]|$))|[IVX]{2,}|[VX])\b/g,
    say: ({ roman = '' }) => numbers.cardinal(romanValue(roman)),
  },
  {
    written: /(?<=\p{Lu}\p{Ll}+ )(?<roman>I{2,3}|IV|VI{1,3}|IX|X[IVX]+)\b/gu,
    say: ({ roman = '' }) => `the ${numbers.ordinal(romanValue(roman))}`,
  },
  {
    written: new RegExp(`\\b(?<short>${SHORT_MONTHS.join('|')}|Sept)\\.?(?= \\d)`, 'g'),
    say: ({ short = '' }) => MONTHS.find((name) => name.startsWith(short)),
  },
  {
    written: /(?<=\b[Tt]he )['’]?(?<decade>[2-9]0)['’]?s\b/g,
    say: ({ decade = '' }) => `${numbers.cardinal(decade).slice(0, -1)}ies`,
  },
  {
    written: /\b(?<year>1[1-9]\d0|20\d0)['’]?s\b/g,
    say: ({ year = '' }) => {
      const said = yearWords(year);
      return said.endsWith('y') ? `${said.slice(0, -1)}ies` : `${said}s`;
    },
  },
];

const timeRules: Rule[] = [
  {
    written: /\b(?<hour>1[0-2]|0?\d)(?::(?<minute>[0-5]\d))?\s?(?<half>[apAP])(?:\.?[mM]| M)\b(?:\.(?=\s+\p{Ll}))?/gu,
    say: time,
  },
  { written: /\b(?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)\b(?!:)/g, say: time },
];

const dateRules: Rule[] = [
  {
    written: /\b(?<year>\d{4})-(?<month>\d\d)-(?<days>\d\d)\b/g,
    say: ({ year = '', month = '', days = '' }) => date(year, month, days),
  },
  {
    written: /\b(?<month>\d{1,2})\/(?<days>\d{1,2})\/(?<year>\d{4}|\d\d)\b/g,
    say: ({ year = '', month = '', days = '' }) => date(year.padStart(4, Number(year) > 50 ? '19' : '20'), month, days),
  },
  {
    written: new RegExp(`\\b${MONTH} (?<days>\\d{1,2})(?:st|nd|rd|th)?(?:,? (?<year>\\d{4}))?(?!\\d)`, 'g'),
    say: ({ month, days, year }) => `${month} ${day(days)}${year === undefined ? '' : `, ${yearWords(year)}`}`,
  },
  {
    written: new RegExp(`\\b(?<days>\\d{1,2})(?:st|nd|rd|th)? (?:of )?${MONTH}(?: (?<year>\\d{4}))?(?!\\d)`, 'g'),
    say: ({ month, days, year }) => `${day(days)} of ${month}${year === undefined ? '' : ` ${yearWords(year)}`}`,
  },
  {
    written:
      /(?<=\b(?:[Ii]n|[Ss]ince|[Ff]rom|[Yy]ears?) )(?<from>1[1-9]\d\d|20\d\d)\s?[-–]\s?(?<until>1[1-9]\d\d|20\d\d)(?![\d,.:]\d)/g,
    say: ({ from = '', until = '' }) => `${yearWords(from)} to ${yearWords(until)}`,
  },
  {
    written: new RegExp(
      `\\b(?<before>[Ii]n|[Ss]ince|[Yy]ear|${MONTHS.join('|')}) (?<year>1[1-9]\\d\\d|20\\d\\d)(?![\\d,.:]\\d)`,
      'g',
    ),
    say: ({ before, year = '' }) => `${before} ${yearWords(year)}`,
  },
];

const forms: FormWords = {
  language: 'en',
  thousands: ',',
  to: 'to',
  minus: 'minus',
  dot: 'dot',
  numbers,
  secretAfter: String.raw`\b(?:ending in|ends in|ends with|dial|(?:code|PIN|password)(?: is|:)?|(?:order|reference|ticket|booking|account|confirmation)(?: number(?: is)?|(?: is)?(?= \d{5}))) `,
};

const numberRules: Rule[] = [
  {
    written: DIGIT_STRING,
    say: ({ number = '' }) =>
      isRound(number)
        ? cardinal(number)
        : (number.startsWith('+') ? 'plus ' : '') +
          digitGroups(number)
            .map((group) => numbers.digits(group))
            .join(', '),
  },
  {
    written: new RegExp(`(?<![\\d.,])${AMOUNT}\\s?(?<unit>${Object.keys(UNITS).join('|')})(?![\\p{L}\\d/²³])`, 'gu'),
    say: (groups) => `${amount(groups)} ${unitName(groups)}`,
  },
  { written: new RegExp(`${AMOUNT}\\s?%`, 'g'), say: (groups) => `${amount(groups)} percent` },
  { written: /\b(?<digits>\d+)(?:st|nd|rd|th)\b/g, say: ({ digits = '' }) => numbers.ordinal(digits) },
  { written: /(?<=\d)\s?[-–]\s?(?=\d)/g, say: () => ' to ' },
  ...codeRules(forms),
  word(/(?<=\d)(?=\p{L})/gu, ' '),
  { written: new RegExp(AMOUNT, 'g'), say: amount },
  { written: /(?<digits>\d+)/g, say: ({ digits = '' }) => numbers.digits(digits) },
];

/** "3/4" and "7/10"; a slash between other numbers is left out ("24/7"). */
const PARTS: Readonly<Record<string, readonly [string, string]>> = {
  2: ['half', 'halves'],
  3: ['third', 'thirds'],
  4: ['quarter', 'quarters'],
  5: ['fifth', 'fifths'],
  8: ['eighth', 'eighths'],
};
function fraction({ above = '', below = '' }: Readonly<Record<string, string>>): string | undefined {
  if (Number(above) >= Number(below)) return undefined;
  const part = PARTS[below]?.[above === '1' ? 0 : 1];
  if (part !== undefined) return `${numbers.cardinal(above)} ${part}`;
  return below === '10' ? `${numbers.cardinal(above)} out of ten` : undefined;
}

const fractionRules: Rule[] = [
  { written: /(?<![\d/.,])(?<above>\d)\/(?<below>\d|10)(?![\d/]|[.,]\d)/g, say: fraction },
  {
    written: /(?<whole>\d+)\s?(?<sign>[½¼¾])/g,
    say: ({ whole, sign = '' }) => `${cardinal(whole)} and ${FRACTIONS[sign]}`,
  },
  { written: /(?<sign>[½¼¾])/g, say: ({ sign = '' }) => FRACTIONS[sign] },
];
const FRACTIONS: Readonly<Record<string, string>> = { '½': 'a half', '¼': 'a quarter', '¾': 'three quarters' };

const signRules: Rule[] = [
  word(/\s*≈\s*/g, ' about '),
  word(/\s*±\s*/g, ' plus or minus '),
  word(/\s*×\s*/g, ' times '),
  word(/\s*÷\s*/g, ' divided by '),
  word(/\s*≤\s*/g, ' at most '),
  word(/\s*≥\s*/g, ' at least '),
  word(/\s<\s/g, ' less than '),
  word(/\s>\s/g, ' more than '),
  word(/§\s?/g, 'section '),
  word(/°/g, ' degrees'),
  word(/%/g, ' percent'),
  word(/\$/g, ' dollars'),
  word(/€/g, ' euros'),
  word(/£/g, ' pounds'),
  word(/₺/g, ' lira'),
  word(/¢/g, ' cents'),
  word(/²/g, ' squared'),
  word(/³/g, ' cubed'),
  word(/\s*&\s*/g, ' and '),
  word(/\s*\+\s*/g, ' plus '),
  word(/\s=\s/g, ' equals '),
];

/** "SMS", "TV": no vowel, so no word; and those that everybody spells although they have one. */
const spelledRules: Rule[] = [
  {
    written:
      /(?<![\p{L}\d])(?<letters>[B-DF-HJ-NP-TV-XZ]{2,5}|ATM|USB|API|URL|USA|UK|EU|FAQ|OTP|ETA|IVR|CEO|FBI|HR|ID|AT(?=&T))(?![\p{L}\d])/gu,
    say: ({ letters = '' }) => spelled(letters, 'en'),
  },
];

const addresses = addressRules({
  language: 'en',
  at: 'at',
  dot: 'dot',
  dash: 'dash',
  underscore: 'underscore',
  slash: 'slash',
  numbers,
});

export const englishRules: readonly Rule[] = [
  ...addresses,
  ...openingRules,
  ...formRules(forms),
  ...fractionRules,
  ...dateRules,
  ...timeRules,
  ...moneyRules,
  ...numberRules,
  ...spelledRules,
  ...signRules,
];
