/** Numbers as words, in the languages that the normaliser knows. Digits come in as text, so no precision is lost. */
import { toCardinal as cardinalEn, toOrdinal as ordinalEn } from 'n2words/en-US';
import { toCardinal as cardinalTr } from 'n2words/tr-TR';

export interface NumberWords {
  cardinal(digits: string): string;
  ordinal(digits: string): string;
  /** Whole part and fraction: "three point one four". */
  decimal(whole: string, fraction: string): string;
  /** Each digit by itself. */
  digits(digits: string): string;
}

/** Longer ones are no amounts: they are read digit by digit. */
const LONGEST_NUMBER = 15;

const english: NumberWords = {
  cardinal: (digits) => (digits.length > LONGEST_NUMBER ? english.digits(digits) : cardinalEn(digits)),
  ordinal: (digits) => (Number(digits) > 0 ? ordinalEn(digits) : english.cardinal(digits)),
  decimal: (whole, fraction) => `${english.cardinal(whole)} point ${english.digits(fraction)}`,
  digits: (digits) => [...digits].map((digit) => cardinalEn(digit)).join(' '),
};

const turkish: NumberWords = {
  cardinal: (digits) => (digits.length > LONGEST_NUMBER ? turkish.digits(digits) : cardinalTr(digits)),
  ordinal: (digits) => ordinalTr(turkish.cardinal(digits)),
  decimal: (whole, fraction) => `${turkish.cardinal(whole)} virgül ${zerosFirst(fraction)}`,
  digits: (digits) => [...digits].map((digit) => cardinalTr(digit)).join(' '),
};

const TURKISH_ORDINALS: Readonly<Record<string, string>> = {
  sıfır: 'sıfırıncı',
  bir: 'birinci',
  iki: 'ikinci',
  üç: 'üçüncü',
  dört: 'dördüncü',
  beş: 'beşinci',
  altı: 'altıncı',
  yedi: 'yedinci',
  sekiz: 'sekizinci',
  dokuz: 'dokuzuncu',
  on: 'onuncu',
  yirmi: 'yirminci',
  otuz: 'otuzuncu',
  kırk: 'kırkıncı',
  elli: 'ellinci',
  altmış: 'altmışıncı',
  yetmiş: 'yetmişinci',
  seksen: 'sekseninci',
  doksan: 'doksanıncı',
  yüz: 'yüzüncü',
  bin: 'bininci',
  milyon: 'milyonuncu',
  milyar: 'milyarıncı',
};

/** Only the last word of a Turkish number takes the ending. */
const ordinalTr = (cardinal: string): string => cardinal.replace(/\S+$/, (last) => TURKISH_ORDINALS[last] ?? last);

/** "05" is "sıfır beş"; "50" is "elli". */
export function zerosFirst(digits: string): string {
  const [, zeros = '', rest = ''] = /^(0*)(\d*)$/.exec(digits) ?? [];
  return [...(zeros === '' ? [] : [turkish.digits(zeros)]), ...(rest === '' ? [] : [turkish.cardinal(rest)])].join(' ');
}

export { english as englishNumbers, turkish as turkishNumbers };
