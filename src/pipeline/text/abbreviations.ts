/** Words that end with a full stop inside a sentence, and what a voice says for them. By language. */

interface Abbreviation {
  spoken: string;
  /**
   * `name`: something always follows ("Dr. Yılmaz"). `number`: an abbreviation only before a number ("No. 5"; "No." is
   * an answer). `end`: may end its sentence ("… and so on. Then").
   */
  before: 'name' | 'number' | 'end';
}

const table = (before: Abbreviation['before'], words: Readonly<Record<string, string>>): [string, Abbreviation][] =>
  Object.entries(words).map(([word, spoken]) => [word, { spoken, before }]);

const english = new Map([
  ...table('name', {
    mr: 'Mister',
    mrs: 'Misses',
    ms: 'Miz',
    dr: 'Doctor',
    prof: 'Professor',
    approx: 'approximately',
  }),
  ...table('name', {
    'e.g': 'for example',
    'i.e': 'that is',
    'a.k.a': 'also known as',
    vs: 'versus',
    mt: 'Mount',
    capt: 'Captain',
    gen: 'General',
  }),
  ...table('name', { sgt: 'Sergeant', lt: 'Lieutenant', rev: 'Reverend', hon: 'Honourable', est: 'estimated' }),
  ...table('number', {
    no: 'number',
    nr: 'number',
    ext: 'extension',
    fig: 'figure',
    apt: 'apartment',
    vol: 'volume',
    p: 'page',
  }),
  ...table('number', { tel: 'telephone', ph: 'phone' }),
  ...table('end', {
    'a.m': 'A M',
    'p.m': 'P M',
    etc: 'and so on',
    dept: 'department',
    ave: 'Avenue',
    inc: 'incorporated',
    rd: 'Road',
    blvd: 'Boulevard',
    jr: 'Junior',
    sr: 'Senior',
    ltd: 'limited',
    corp: 'corporation',
    min: 'minutes',
    hrs: 'hours',
    sec: 'seconds',
    'u.s': 'U S',
    'u.k': 'U K',
    'u.s.a': 'U S A',
    'ph.d': 'P H D',
  }),
]);

const turkish = new Map([
  ...table('name', { dr: 'Doktor', prof: 'Profesör', doç: 'Doçent', sn: 'Sayın', av: 'Avukat', bkz: 'bakınız' }),
  ...table('name', {
    örn: 'örneğin',
    tel: 'telefon',
    yrd: 'yardımcı',
    öğr: 'öğretim',
    ltd: 'limitet',
    gör: 'görevlisi',
    uzm: 'uzman',
  }),
  ...table('name', {
    alb: 'Albay',
    gen: 'General',
    hz: 'Hazreti',
    müh: 'mühendis',
    'm.ö': 'milattan önce',
    'm.s': 'milattan sonra',
  }),
  ...table('number', { no: 'numara' }),
  ...table('end', { cad: 'Caddesi', cd: 'Caddesi', sok: 'Sokak', sk: 'Sokak', mah: 'Mahallesi', apt: 'Apartmanı' }),
  ...table('end', {
    bul: 'Bulvarı',
    blv: 'Bulvarı',
    müd: 'müdürlüğü',
    'a.ş': 'anonim şirketi',
    't.c': 'te ce',
    vd: 've diğerleri',
  }),
  ...table('end', { vb: 've benzeri', vs: 've saire', dk: 'dakika', şti: 'şirketi' }),
]);

const tables: Readonly<Record<string, ReadonlyMap<string, Abbreviation>>> = { en: english, tr: turkish };

const find = (word: string, language: string): Abbreviation | undefined =>
  tables[language]?.get(word.toLocaleLowerCase(language));

/** Whether a full stop after `word` ends the sentence, given what comes after it (nothing yet: it waits). */
export function stopEndsWord(word: string, after: string, language: string): boolean {
  const abbreviation = find(word, language);
  if (abbreviation === undefined) return !isInitial(word);
  if (after === '' || abbreviation.before === 'name') return false;
  return abbreviation.before === 'number' ? !/^\d/.test(after) : !/^[\p{Ll}\d]/u.test(after);
}

/** "J. Smith"; the English "I" is a word. */
const isInitial = (word: string): boolean => /^\p{Lu}$/u.test(word) && word !== 'I';

/** What a voice says for `word` and its full stop, before `after`; undefined where it is no abbreviation there. */
export function spokenAbbreviation(word: string, after: string, language: string): string | undefined {
  const abbreviation = find(word, language);
  if (abbreviation === undefined) return undefined;
  if (abbreviation.before === 'number') return /^\s*\d/.test(after) ? abbreviation.spoken : undefined;
  if (abbreviation.before === 'name') return after.trim() === '' ? undefined : abbreviation.spoken;
  return /^\s*(?:[\p{Ll}\d,;:–-]|No\b)/u.test(after) ? abbreviation.spoken : `${abbreviation.spoken}.`;
}
