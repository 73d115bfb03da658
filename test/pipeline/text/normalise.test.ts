import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { normalise } from '../../../src/pipeline/text/normalise.js';
import { english } from './said-in-english.js';
import { turkish } from './said-in-turkish.js';

for (const [language, rows] of Object.entries({ en: english, tr: turkish }))
  describe(`said in ${language}`, () => {
    for (const [written, said] of rows)
      test(JSON.stringify(written), () => assert.equal(normalise(written, language), said));
  });

test('a region does not change the language, and an unknown one only loses its markup', () => {
  assert.equal(normalise('3 mesaj', 'tr-TR'), 'üç mesaj');
  assert.equal(normalise('**3** Nachrichten', 'de'), '3 Nachrichten');
});

/** Letters, blanks, and the marks that give a sentence its melody. */
const sayable = /^[\p{L}\p{M}\s.,;:!?…'’"“”()–—-]*$/u;

test('nothing that a voice would spell out comes through, whatever is written', () => {
  let seed = 11;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const words =
    "7 12 2024 0 . , : - / $ % TL ( ) + * _ am st 'te € # x [ | < > 😀 🇹🇷 ² ½ ٣ ① → § @ www. .com TR33 SMS 3️⃣".split(
      ' ',
    );
  const parts = [...words, ' ', ' ', '\n'];
  const anything = (): string => String.fromCodePoint(0x20 + random(0x2ff0));
  for (let walk = 0; walk < 2000; walk++) {
    const text = Array.from({ length: random(30) }, () =>
      random(8) === 0 ? anything() : parts[random(parts.length)],
    ).join('');
    for (const language of ['en', 'tr']) assert.match(normalise(text, language), sayable, JSON.stringify(text));
  }
});

test('what was made sayable stays as it is when it comes by again', () => {
  for (const [language, rows] of Object.entries({ en: english, tr: turkish }))
    for (const [, said] of rows) assert.equal(normalise(said, language), said);
});

test('each language has at least a hundred cases', () => {
  assert.ok(Math.min(english.length, turkish.length) >= 100);
});
