/** Words that end with a full stop inside a sentence, and what a voice says for them. By language, in small letters. */

const english: Readonly<Record<string, string>> = {
  mr: 'Mister',
  mrs: 'Misses',
  ms: 'Miz',
  dr: 'Doctor',
  prof: 'Professor',
  st: 'Street',
  ave: 'Avenue',
  no: 'number',
  nr: 'number',
  vs: 'versus',
  etc: 'and so on',
  'e.g': 'for example',
  'i.e': 'that is',
  approx: 'approximately',
  'a.m': 'A M',
  'p.m': 'P M',
  dept: 'department',
  ext: 'extension',
  min: 'minutes',
};

const turkish: Readonly<Record<string, string>> = {
  dr: 'Doktor',
  prof: 'Profesör',
  doç: 'Doçent',
  av: 'Avukat',
  no: 'numara',
  tel: 'telefon',
  cad: 'Caddesi',
  cd: 'Caddesi',
  sok: 'Sokak',
  sk: 'Sokak',
  mah: 'Mahallesi',
  apt: 'Apartmanı',
  bkz: 'bakınız',
  vb: 've benzeri',
  vs: 've saire',
  örn: 'örneğin',
  yak: 'yaklaşık',
  dk: 'dakika',
  sn: 'Sayın',
  ltd: 'limitet',
  şti: 'şirketi',
};

const tables: Readonly<Record<string, Readonly<Record<string, string>>>> = { en: english, tr: turkish };
/** Words that are abbreviations only before a number: "No. 5", but "No." is an answer. */
const BEFORE_NUMBER = new Set(['no', 'nr', 'ext', 'min', 'dk']);

/** What a voice says for an abbreviation without its last stop; undefined for any other word. */
export function spoken(word: string, language: string): string | undefined {
  const table = tables[language] ?? {};
  const key = word.toLocaleLowerCase(language);
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

export const needsNumber = (word: string, language: string): boolean =>
  BEFORE_NUMBER.has(word.toLocaleLowerCase(language));

/** True for a word after which a full stop need not end the sentence. */
export const isAbbreviation = (word: string, language: string): boolean => spoken(word, language) !== undefined;
