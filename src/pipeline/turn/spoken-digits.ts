/**
 * The digits of a number that is spoken or written in a text: "dört beş altı" is 456, "forty five oh seven" is 4507,
 * "double three" is 33. What a caller dictates is counted by this, in Turkish and English.
 */
import { plainWords } from './plain-words.js';

type Kind = 'unit' | 'teen' | 'tens' | 'hundred' | 'thousand' | 'repeat' | 'digits';
interface NumberWord {
  kind: Kind;
  value: number;
}

const listed = (kind: Kind, words: string, values: (index: number) => number): [string, NumberWord][] =>
  words.split(' ').map((word, index) => [word, { kind, value: values(index) }]);

const turkish = new Map([
  ...listed('unit', 'sıfır bir iki üç dört beş altı yedi sekiz dokuz', (index) => index),
  ...listed('tens', 'on yirmi otuz kırk elli altmış yetmiş seksen doksan', (index) => 10 * (index + 1)),
  ...listed('hundred', 'yüz', () => 100),
  ...listed('thousand', 'bin', () => 1000),
  ...listed('repeat', 'çift', () => 2),
]);
const english = new Map([
  ...listed('unit', 'zero one two three four five six seven eight nine', (index) => index),
  ...listed('unit', 'oh', () => 0),
  ...listed(
    'teen',
    'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
    (index) => 10 + index,
  ),
  ...listed('tens', 'twenty thirty forty fifty sixty seventy eighty ninety', (index) => 10 * (index + 2)),
  ...listed('hundred', 'hundred', () => 100),
  ...listed('thousand', 'thousand', () => 1000),
  ...listed('repeat', 'double triple', (index) => index + 2),
]);
const words: Readonly<Record<string, ReadonlyMap<string, NumberWord>>> = { tr: turkish, en: english };

function numberWord(word: string, language: string): NumberWord | undefined {
  if (/^\d+$/.test(word)) return { kind: 'digits', value: 0 };
  return (words[language] ?? english).get(word);
}

/** True when this word is part of a number. */
export const isNumberWord = (word: string, language: string): boolean =>
  numberWord(word.split('-').at(-1) ?? '', language) !== undefined;

/** Digits of all numbers in the text, in order. */
export function spokenDigits(text: string, language: string): string {
  const reader = new DigitReader();
  for (const word of plainWords(text, language).flatMap((each) => each.split('-'))) {
    reader.take(word, numberWord(word, language));
  }
  return reader.end();
}

/** Joins words to numbers: "kırk beş" is one number, "beş kırk" are two. */
class DigitReader {
  #digits = '';
  #open: { value: number; last: Kind } | undefined;
  /** Of the next digit. */
  #times = 1;

  take(word: string, number: NumberWord | undefined): void {
    const times = this.#times;
    this.#times = 1;
    if (!number) this.#flush();
    else if (number.kind === 'repeat') this.#repeat(number.value);
    else if (number.kind === 'digits') this.#write(word.repeat(word.length === 1 ? times : 1));
    else if (times > 1) this.#write(String(number.value).repeat(times));
    else this.#join(number.kind, number.value);
  }

  end(): string {
    this.#flush();
    return this.#digits;
  }

  #join(kind: Kind, value: number): void {
    const joined = this.#open && joinedValue(this.#open, kind, value);
    if (joined === undefined) this.#flush();
    this.#open = { value: joined ?? value, last: kind };
  }

  #write(digits: string): void {
    this.#flush();
    this.#digits += digits;
  }

  #repeat(times: number): void {
    this.#flush();
    this.#times = times;
  }

  #flush(): void {
    if (this.#open) this.#digits += String(this.#open.value);
    this.#open = undefined;
  }
}

/** The value of a number with one more word; undefined where that word begins another. */
function joinedValue(open: { value: number; last: Kind }, kind: Kind, value: number): number | undefined {
  const above: Readonly<Record<string, readonly Kind[]>> = {
    unit: ['tens', 'hundred', 'thousand'],
    teen: ['hundred', 'thousand'],
    tens: ['hundred', 'thousand'],
  };
  if (kind === 'unit' && value === 0) return undefined;
  if (above[kind]?.includes(open.last)) return open.value + value;
  const low = open.value % 100;
  if (kind === 'hundred' && open.last === 'unit') return open.value - low + low * 100;
  if (kind === 'thousand' && open.value < 1000) return open.value * 1000;
  return undefined;
}
