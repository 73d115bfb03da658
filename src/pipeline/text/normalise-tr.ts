/** Turkish as it is said. Rules run in order: the specific ones take their digits before the general ones see them. */
import { addressRules } from './addresses.js';
import { DIGIT_STRING, digitGroups, isRound } from './digit-groups.js';
import { turkishNumbers as numbers, zerosFirst } from './number-words.js';
import { type Rule, word } from './rule.js';
import { spelled } from './spelled.js';

const MONTHS = 'Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık'.split(' ');
/** Points group the thousands, a comma begins the fraction. */
const AMOUNT = String.raw`(?<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?<fraction>\d+))?(?!\d)`;
/** An ending that the writer has set off from the number: "3'te". */
const ENDING = String.raw`(?:['’](?<ending>\p{Ll}+))?`;

/** Symbol or code of a currency, its name and that of its hundredth; Turkish has no plural after a number. */
const CURRENCIES: readonly [string, string, string][] = [
  ['₺|TL|TRY', 'lira', 'kuruş'],
  ['\\$|USD', 'dolar', 'sent'],
  ['€|EUR', 'avro', 'sent'],
  ['£|GBP', 'sterlin', 'peni'],
];
const UNITS: Readonly<Record<string, string>> = {
  'km/sa': 'kilometre bölü saat',
  'km/h': 'kilometre bölü saat',
  'm/s': 'metre bölü saniye',
  'km²': 'kilometrekare',
  'm²': 'metrekare',
  m2: 'metrekare',
  'm³': 'metreküp',
  m3: 'metreküp',
  km: 'kilometre',
  cm: 'santimetre',
  mm: 'milimetre',
  m: 'metre',
  kg: 'kilogram',
  mg: 'miligram',
  gr: 'gram',
  g: 'gram',
  ml: 'mililitre',
  lt: 'litre',
  l: 'litre',
  kWh: 'kilovat saat',
  kW: 'kilovat',
  W: 'vat',
  V: 'volt',
  GHz: 'gigahertz',
  MHz: 'megahertz',
  Hz: 'hertz',
  Mbps: 'megabit bölü saniye',
  TB: 'terabayt',
  GB: 'gigabayt',
  MB: 'megabayt',
  KB: 'kilobayt',
  ms: 'milisaniye',
  dk: 'dakika',
  sa: 'saat',
  sn: 'saniye',
  '°C': 'santigrat derece',
  '°': 'derece',
};

type Groups = Readonly<Record<string, string | undefined>>;
const plain = (digits = ''): string => digits.replaceAll('.', '');
const amount = ({ whole, fraction }: Groups): string =>
  fraction === undefined ? numbers.cardinal(plain(whole)) : numbers.decimal(plain(whole), fraction);
const withEnding = (said: string, { ending = '' }: Groups): string =>
  (/^[aeıioöuü]/.test(ending) ? said.replace(/dört$/, 'dörd') : said) + inHarmony(ending, said);

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

/** What has to be settled before signs and digits are read one by one. */
const openingRules: Rule[] = [
  word(/(?<=\d[:.][0-5]\d)\s?[-–]\s?(?=\d{1,2}[:.][0-5]\d)/g, ' ila '),
  word(/(?<=\d)\s?[-–]\s?(?=[$€£₺]\s?\d)/g, ' ila '),
  word(/(?<=\s|^)~(?=\s?[$€£₺\d])/g, 'yaklaşık '),
  {
    written: /(?<=(?:kodunuz|kodu|kod|şifreniz|şifre|PIN|sonu|son dört hanesi):? )(?<digits>\d{3,8})(?!\d)/giu,
    say: ({ digits = '' }) => numbers.digits(digits),
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

const numberRules: Rule[] = [
  {
    written: new RegExp(DIGIT_STRING.source + ENDING, 'gu'),
    say: (groups) => {
      const { number = '' } = groups;
      if (isRound(number)) return withEnding(numbers.cardinal(number), groups);
      const said = digitGroups(number).map(groupWords).join(', ');
      return withEnding(number.startsWith('+') ? `artı ${said}` : said, groups);
    },
  },
  {
    written: new RegExp(
      `(?<![\\d.,])${AMOUNT}\\s?(?<unit>${Object.keys(UNITS).join('|')})(?![\\p{L}\\d/²³])${ENDING}`,
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
  { written: /(?<![\p{L}\d)])[-−](?=\d)/gu, say: () => 'eksi ' },
  { written: new RegExp(AMOUNT + ENDING, 'gu'), say: (groups) => withEnding(amount(groups), groups) },
  { written: /(?<digits>\d+)/g, say: ({ digits = '' }) => numbers.digits(digits) },
];

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

const ROMAN: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10 };
/** "XXI. yüzyıl", "II. Mehmet": a single "I." or "V." is somebody's initial. */
const romanRule: Rule = {
  written: /(?<![\p{L}\d])(?<roman>[IVX]{2,6})\.(?=\s\p{L})/gu,
  say: ({ roman = '' }) => {
    const values = [...roman].map((sign) => ROMAN[sign] ?? 0);
    const value = values.reduce((sum, one, at) => sum + (one < (values[at + 1] ?? 0) ? -one : one), 0);
    return numbers.ordinal(String(value));
  },
};

/** "SMS", "TCDD'ye": no vowel, so no word; and those that everybody spells although they have one. */
const spelledRules: Rule[] = [
  {
    written: /(?<![\p{L}\d])(?<letters>[B-DF-HJ-NP-TV-XZÇĞŞ]{2,5}|ATM|USB|PTT|AVM)(?![\p{L}\d])/gu,
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
  word(/#(?=[\p{L}\d])/gu, 'numara '),
  word(/\s*&\s*/g, ' ve '),
  word(/\s*\+\s*/g, ' artı '),
  word(/\s=\s/g, ' eşittir '),
];

export const turkishRules: readonly Rule[] = [
  ...addresses,
  ...openingRules,
  romanRule,
  ...fractionRules,
  word(/\bNo:\s?(?=\d)/g, 'numara '),
  ...dateRules,
  ...moneyRules,
  ...numberRules,
  ...spelledRules,
  ...signRules,
];
