/** Turkish as it is said. Rules run in order: the specific ones take their digits before the general ones see them. */
import { addressRules } from './addresses.js';
import { DIGIT_STRING, digitGroups, isRound } from './digit-groups.js';
import { CURRENCIES, UNITS } from './measures-tr.js';
import { codeRules, type FormWords, formRules } from './number-forms.js';
import { turkishNumbers as numbers, zerosFirst } from './number-words.js';
import { romanValue } from './roman.js';
import { type Rule, word } from './rule.js';
import { spelled } from './spelled.js';

const MONTHS = 'Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık'.split(' ');
/** Points group the thousands, a comma begins the fraction. */
const AMOUNT = String.raw`(?<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?<fraction>\d+))?(?!\d)`;
/** An ending that the writer has set off from the number: "3'te". */
const ENDING = String.raw`(?:['’](?<ending>\p{Ll}+))?`;

type Groups = Readonly<Record<string, string | undefined>>;
const plain = (digits = ''): string => digits.replaceAll('.', '');
const amount = ({ whole, fraction }: Groups): string =>
  fraction === undefined ? numbers.cardinal(plain(whole)) : numbers.decimal(plain(whole), fraction);
function withEnding(said: string, { ending = '' }: Groups): string {
  // a buffer letter stands between two vowels only: "GB'ye" is "gigabayta"
  const fitting = /[aeıioöuü]$/.test(said) ? ending : ending.replace(/^(?:[yns](?=[aeıioöuü])|y(?=l))/, '');
  return (/^[aeıioöuü]/.test(fitting) ? said.replace(/dört$/, 'dörd') : said) + inHarmony(fitting, said);
}

/** The vowels of an ending follow the word that is said, not the sign that was written ("TL'ye": "liraya"). */
function inHarmony(ending: string, said: string): string {
  const lastVowel = said.match(/[aeıioöuü]/g)?.at(-1) ?? '';
  const [from, to] = 'aıou'.includes(lastVowel) ? ['eiü', 'aıu'] : ['aıu', 'eiü'];
  return ending.replace(/\p{L}/gu, (letter) => to.charAt(from.indexOf(letter)) || letter);
}

function money(groups: Groups, [main = '', hundredth = '']: readonly string[]): string {
  const { whole, fraction } = groups;
  if (fraction !== undefined && fraction.length !== 2) return `${amount(groups)} ${main}`;
  const small = Number(fraction ?? 0);
  const rest = `${numbers.cardinal(String(small))} ${hundredth}`;
  if (small > 0 && Number(plain(whole)) === 0) return rest;
  return `${numbers.cardinal(plain(whole))} ${main}${small > 0 ? ` ${rest}` : ''}`;
}

const SCALE = String.raw`(?:\s(?<scale>bin|milyon|milyar))?`;
const moneyRules: Rule[] = CURRENCIES.flatMap(([sign, ...names]) => {
  const say: Rule['say'] = (groups) =>
    withEnding(
      groups.scale === undefined ? money(groups, names) : `${amount(groups)} ${groups.scale} ${names[0]}`,
      groups,
    );
  const before = new RegExp(`(?<!\\w)(?:${sign})\\s?${AMOUNT}${SCALE}${ENDING}`, 'gu');
  const after = new RegExp(`(?<![\\d.,])${AMOUNT}${SCALE}\\s?(?:${sign})(?![\\p{L}\\d])${ENDING}`, 'gu');
  return [before, after].map((written) => ({ written, say }));
});

function date({ days = '', month = '', year = '' }: Groups): string | undefined {
  const name = MONTHS[Number(month) - 1];
  if (name === undefined || Number(days) < 1 || Number(days) > 31) return undefined;
  return `${numbers.cardinal(String(Number(days)))} ${name} ${numbers.cardinal(year)}`;
}

const DAY_NAMES: Readonly<Record<string, string>> = {
  Pzt: 'Pazartesi',
  Sal: 'Salı',
  Çar: 'Çarşamba',
  Per: 'Perşembe',
  Cum: 'Cuma',
  Cmt: 'Cumartesi',
  Paz: 'Pazar',
};
const DAYS = Object.keys(DAY_NAMES).join('|');
const MEASURES = [...Object.keys(UNITS), ...CURRENCIES.map(([sign]) => sign), '%', 'milyon', 'milyar'].join('|');

/** "3/4" is "dörtte üç"; a slash between other numbers is left out ("24/7", "No: 5/3"). */
function fraction(groups: Groups): string | undefined {
  const { above = '', below = '' } = groups;
  if (Number(above) >= Number(below)) return undefined;
  // "2/3'ü": the ending was written for the last number
  if (groups.ending !== undefined)
    return `${numbers.cardinal(above)} bölü ${withEnding(numbers.cardinal(below), groups)}`;
  const whole = numbers.cardinal(below);
  return `${whole}${inHarmony(/[çtş]$/.test(whole) ? 'te' : 'de', whole)} ${numbers.cardinal(above)}`;
}

/** "2.si" is an ordinal with an ending, "3.kat" one before a word, "9.da" a number whose apostrophe became a point. */
function numberWithPoint(digits: string, ending: string): string {
  if (/^[dt][ae]n?$/.test(ending)) return withEnding(numbers.cardinal(digits), { ending });
  const ordinal = numbers.ordinal(digits);
  const isOfOrdinal = /^(?:s[iıuü](?:n[iıuü]n?|n[ae]|n[dt][ae]n?|yl[ae])?|l[ae]r\p{Ll}*)$/u;
  return isOfOrdinal.test(ending) ? withEnding(ordinal, { ending }) : `${ordinal} ${ending}`;
}

/** What has to be settled before signs and digits are read one by one. */
const openingRules: Rule[] = [
  word(/(?<=\d[:.][0-5]\d)\s?[-–]\s?(?=\d{1,2}[:.][0-5]\d)/g, ' ila '),
  word(/(?<=\d)\s?[-–]\s?(?=[$€£₺%]\s?\d)/g, ' ila '),
  word(/(?<=\s|^)~(?=\s?[$€£₺%\d])/g, 'yaklaşık '),
  word(/#(?=\s?\d)/g, 'numara '),
  word(/<(?=\s?\d)/g, ' küçüktür '),
  word(/>(?=\s?\d)/g, ' büyüktür '),
  word(/(?<=\d)\s?[x*]\s?(?=\d)/g, ' çarpı '),
  word(/(?<=\d)\^(?=\d)/g, ' üzeri '),
  word(/(?<=\d\.\d{1,2}\.\d{4})\s?[-–]\s?(?=\d{1,2}\.\d{1,2}\.\d{4})/g, ' ila '),
  {
    written: /(?<=%\s?)(?<whole>\d+)\.(?<fraction>\d{1,2})(?![\d.,]*\d)/g,
    say: ({ whole, fraction }) => `${whole},${fraction}`,
  },
  {
    // "2.5 kg": a point for the fraction, as many write it; "10.30" alone is a time
    written: new RegExp(
      `(?<![\\d.,])(?<whole>\\d+)\\.(?<fraction>\\d{1,2})(?=\\s?(?:${MEASURES})(?![\\p{L}\\d]))`,
      'gu',
    ),
    say: ({ whole, fraction }) => `${whole},${fraction}`,
  },
  {
    written: new RegExp(`(?<!\\p{L})(?<from>${DAYS})\\s?[-–]\\s?(?<until>${DAYS})(?!\\p{L})`, 'gu'),
    say: ({ from = '', until = '' }) => `${DAY_NAMES[from]} ila ${DAY_NAMES[until]}`,
  },
  {
    written: /(?<![\d/.,:]|No: ?)(?<above>\d)\/(?<below>\d|10)(?:['’](?<ending>\p{Ll}+))?(?![\d/]|[.,]\d)/giu,
    say: fraction,
  },
  {
    written: /(?<![\d.,])(?<digits>\d{1,3})\.(?<ending>\p{Ll}{2,})/gu,
    say: ({ digits = '', ending = '' }) => numberWithPoint(digits, ending),
  },
];

const dateRules: Rule[] = [
  {
    written: new RegExp(`(?<!\\d)(?<days>\\d{1,2})[./](?<month>\\d{1,2})[./](?<year>\\d{4})(?!\\d)${ENDING}`, 'gu'),
    say: (groups) => {
      const said = date(groups);
      return said === undefined ? undefined : withEnding(said, groups);
    },
  },
  { written: /(?<!\d)(?<year>\d{4})-(?<month>\d\d)-(?<days>\d\d)(?!\d)/g, say: date },
  {
    // "10:30" and, since a fraction has a comma, "10.30" as well
    written: new RegExp(`(?<![\\d.,])(?<hour>[01]?\\d|2[0-3])[:.](?<minute>[0-5]\\d)(?![\\d.:]*\\d)${ENDING}`, 'gu'),
    say: (groups) => {
      const { hour = '', minute = '' } = groups;
      const minutes = minute === '00' ? '' : ` ${zerosFirst(minute)}`;
      return withEnding(`${numbers.cardinal(String(Number(hour)))}${minutes}`, groups);
    },
  },
];

const forms: FormWords = {
  language: 'tr',
  thousands: '.',
  to: 'ila',
  minus: 'eksi',
  dot: 'nokta',
  numbers,
  secretAfter: String.raw`(?<!\p{L})(?:kodunuz|kodu|kod|şifreniz|şifre|PIN|(?:^|kart\p{L}* )sonu|son dört hanesi|sipariş no|sipariş numaranız):? `,
};

const numberRules: Rule[] = [
  {
    written: new RegExp(DIGIT_STRING.source + ENDING, 'gu'),
    say: (groups) => {
      const { number = '' } = groups;
      if (isRound(number)) return withEnding(numbers.cardinal(number), groups);
      const said = telephoneGroups(number).map(groupWords).join(', ');
      return withEnding(number.startsWith('+') ? `artı ${said}` : said, groups);
    },
  },
  {
    written: new RegExp(
      `(?<![\\d.,])${AMOUNT}\\s?(?<unit>${Object.keys(UNITS).join('|')})(?![\\p{L}\\d/²³])${ENDING}(?:\\.(?=\\s\\p{Ll}))?`,
      'gu',
    ),
    say: (groups) => withEnding(`${amount(groups)} ${UNITS[groups.unit ?? '']}`, groups),
  },
  {
    written: new RegExp(`%\\s?${AMOUNT}${ENDING}`, 'gu'),
    say: (groups) => withEnding(`yüzde ${amount(groups)}`, groups),
  },
  { written: new RegExp(`${AMOUNT}\\s?%`, 'g'), say: (groups) => `yüzde ${amount(groups)}` },
  // a point before a small letter makes an ordinal: "1. kat", "21. yüzyıl"
  { written: /(?<![\d.,])(?<digits>\d{1,3})\.(?=\s\p{Ll})/gu, say: ({ digits = '' }) => numbers.ordinal(digits) },
  { written: /(?<=\d)\s?[-–]\s?(?=\d)/g, say: () => ' ila ' },
  ...codeRules(forms),
  word(/(?<=\d)\.(?=\d{1,2}(?!\d))/g, ' nokta '),
  { written: new RegExp(AMOUNT + ENDING, 'gu'), say: (groups) => withEnding(amount(groups), groups) },
  { written: /(?<digits>\d+)/g, say: ({ digits = '' }) => numbers.digits(digits) },
];

/** An undivided number of this country is cut as it is printed: 0532 123 45 67. */
function telephoneGroups(number: string): string[] {
  const [, country, area = '', ...rest] = /^(?:(\+90)|(?=[05]))(0?\d{3})(\d{3})(\d\d)(\d\d)$/.exec(number) ?? [];
  if (area === '') return digitGroups(number);
  return [...(country === undefined ? [] : ['90']), area, ...rest];
}

/** People say telephone groups of two and three as numbers, longer ones digit by digit. */
function groupWords(group: string): string {
  return group.length > 3 ? numbers.digits(group) : zerosFirst(group);
}

const FRACTIONS: Readonly<Record<string, string>> = { '½': 'buçuk', '¼': 'çeyrek', '¾': 'dörtte üç' };
const fractionRules: Rule[] = [
  {
    written: /(?<whole>\d+)\s?(?<sign>[½¼¾])/g,
    say: ({ whole, sign = '' }) => `${numbers.cardinal(plain(whole))} ${FRACTIONS[sign]}`,
  },
  { written: /(?<sign>[½¼¾])/g, say: ({ sign = '' }) => (sign === '½' ? 'yarım' : FRACTIONS[sign]) },
];

/** "XXI. yüzyıl", "II. Mehmet": a single "I." or "V." is somebody's initial. */
const romanRule: Rule = {
  written: /(?<![\p{L}\d])(?<roman>[IVX]{2,6})\.(?=\s\p{L})/gu,
  say: ({ roman = '' }) => numbers.ordinal(romanValue(roman)),
};

/** "SMS", "TCDD'ye": no vowel, so no word; and those that everybody spells although they have one. */
const spelledRules: Rule[] = [
  ...CURRENCIES.map(([sign, name = '']) => ({
    written: new RegExp(`(?<![\\p{L}\\d])(?:${sign.split('|').slice(1).join('|')})(?![\\p{L}\\d])${ENDING}`, 'gu'),
    say: (groups: Groups) => withEnding(name, groups),
  })),
  {
    written:
      /(?<![\p{L}\d])(?<letters>[B-DF-HJ-NP-TV-XZÇĞŞ]{2,5}|ATM|USB|PTT|AVM|EFT|ABD|AB|THY|ÖTV|OGS|URL)(?![\p{L}\d])/gu,
    say: ({ letters = '' }) => spelled(letters, 'tr'),
  },
];

const addresses = addressRules({
  language: 'tr',
  at: 'et',
  dot: 'nokta',
  dash: 'tire',
  underscore: 'alt tire',
  slash: 'bölü',
  numbers,
});

const signRules: Rule[] = [
  word(/\s*≈\s*/g, ' yaklaşık '),
  word(/\s*±\s*/g, ' artı eksi '),
  word(/\s*×\s*/g, ' çarpı '),
  word(/\s*÷\s*/g, ' bölü '),
  word(/\s*≤\s*/g, ' en çok '),
  word(/\s*≥\s*/g, ' en az '),
  word(/\s<\s/g, ' küçüktür '),
  word(/\s>\s/g, ' büyüktür '),
  word(/§\s?/g, 'madde '),
  word(/°/g, ' derece'),
  word(/%/g, ' yüzde '),
  word(/\$/g, ' dolar'),
  word(/€/g, ' avro'),
  word(/£/g, ' sterlin'),
  word(/₺/g, ' lira'),
  word(/²/g, ' kare'),
  word(/³/g, ' küp'),
  word(/\s*&\s*/g, ' ve '),
  word(/\s*\+\s*/g, ' artı '),
  word(/\s=\s/g, ' eşittir '),
];

export const turkishRules: readonly Rule[] = [
  ...addresses,
  ...openingRules,
  ...formRules(forms),
  romanRule,
  ...fractionRules,
  word(/\bNo:\s?(?=\d)/g, 'numara '),
  ...dateRules,
  ...moneyRules,
  ...numberRules,
  ...spelledRules,
  ...signRules,
];
