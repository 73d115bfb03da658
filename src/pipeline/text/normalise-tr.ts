/** Turkish as it is said. Rules run in order: the specific ones take their digits before the general ones see them. */
import { DIGIT_STRING, digitGroups } from './digit-groups.js';
import { turkishNumbers as numbers, zerosFirst } from './number-words.js';
import { type Rule, word } from './rule.js';

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
  km: 'kilometre',
  cm: 'santimetre',
  mm: 'milimetre',
  kg: 'kilogram',
  gr: 'gram',
  kWh: 'kilovat saat',
  GB: 'gigabayt',
  MB: 'megabayt',
  dk: 'dakika',
  '°C': 'santigrat derece',
};

type Groups = Readonly<Record<string, string | undefined>>;
const plain = (digits = ''): string => digits.replaceAll('.', '');
const amount = ({ whole, fraction }: Groups): string =>
  fraction === undefined ? numbers.cardinal(plain(whole)) : numbers.decimal(plain(whole), fraction);
const withEnding = (said: string, { ending = '' }: Groups): string => said + inHarmony(ending, said);

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
    written: DIGIT_STRING,
    say: ({ number = '' }) => (number.startsWith('+') ? 'artı ' : '') + digitGroups(number).map(groupWords).join(', '),
  },
  {
    written: new RegExp(
      `(?<![\\d.,])${AMOUNT}\\s?(?<unit>${Object.keys(UNITS).join('|')})(?![\\p{L}\\d])${ENDING}`,
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

const signRules: Rule[] = [
  word(/#(?=[\p{L}\d])/gu, 'numara '),
  word(/\s*&\s*/g, ' ve '),
  word(/(?<=\w)@(?=\w)/g, ' et '),
  word(/\s*\+\s*/g, ' artı '),
  word(/\s=\s/g, ' eşittir '),
];

export const turkishRules: readonly Rule[] = [
  word(/\bNo:\s?(?=\d)/g, 'numara '),
  ...dateRules,
  ...moneyRules,
  ...numberRules,
  ...signRules,
];
