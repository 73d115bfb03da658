/** What is spelled out letter by letter, as each language says its letters: codes, addresses, initials. */

const english: Readonly<Record<string, string>> = Object.fromEntries(
  [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => [letter, letter.toUpperCase()]),
);

const turkish: Readonly<Record<string, string>> = {
  a: 'a',
  b: 'be',
  c: 'ce',
  ç: 'çe',
  d: 'de',
  e: 'e',
  f: 'fe',
  g: 'ge',
  ğ: 'yumuşak ge',
  h: 'he',
  ı: 'ı',
  i: 'i',
  j: 'je',
  k: 'ka',
  l: 'le',
  m: 'me',
  n: 'ne',
  o: 'o',
  ö: 'ö',
  p: 'pe',
  q: 'kü',
  r: 're',
  s: 'se',
  ş: 'şe',
  t: 'te',
  u: 'u',
  ü: 'ü',
  v: 've',
  w: 'çift ve',
  x: 'iks',
  y: 'ye',
  z: 'ze',
};

const names: Readonly<Record<string, Readonly<Record<string, string>>>> = { en: english, tr: turkish };

/** Letters by their names, with blanks between; Turkish "I" is "ı" and "İ" is "i". */
export const spelled = (letters: string, language: string): string =>
  [...letters.toLocaleLowerCase(language)].map((letter) => names[language]?.[letter] ?? letter).join(' ');
