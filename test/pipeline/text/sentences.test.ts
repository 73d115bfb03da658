import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SentenceOptions, SentenceSplitter } from '../../../src/pipeline/text/sentences.js';

/** Feeds a text in pieces of `size` characters and gives what was said. */
function split(text: string, options: Partial<SentenceOptions> = {}, size = 3): string[] {
  const splitter = new SentenceSplitter(options);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(...splitter.push(text.slice(at, at + size)));
  return [...pieces, ...splitter.flush()];
}

describe('sentences', () => {
  const rows: [string, string[], Partial<SentenceOptions>?][] = [
    ['Hello. How are you?', ['Hello.', 'How are you?']],
    ['No stop at the end', ['No stop at the end']],
    ['It is 3.5 per cent. Fine.', ['It is 3.5 per cent.', 'Fine.']],
    ['We open at 10.30. Come in!', ['We open at 10.30.', 'Come in!']],
    ['Dr. Smith is in. He waits.', ['Dr. Smith is in.', 'He waits.']],
    ['Ask for J. Smith today. Thanks.', ['Ask for J. Smith today.', 'Thanks.']],
    ['Take No. 5 now. Go.', ['Take No. 5 now.', 'Go.']],
    ['No. We do not.', ['No.', 'We do not.']],
    ['Bring food, water, etc. Then go.', ['Bring food, water, etc.', 'Then go.'], { firstClauseWords: 9 }],
    ['Come at 5 p.m. on Monday. Bye.', ['Come at 5 p.m. on Monday.', 'Bye.']],
    ['Really?! Yes... I think so.', ['Really?!', 'Yes...', 'I think so.']],
    ['He said "Stop." Then he left.', ['He said "Stop."', 'Then he left.']],
    ['1. Open the app. 2. Log in.', ['1. Open the app.', '2. Log in.']],
    ['Room 12. It is here.', ['Room 12.', 'It is here.']],
    ['One\nTwo\n\nThree', ['One', 'Two', 'Three']],
    ['Biz 1. kattayız. Gelin.', ['Biz 1. kattayız.', 'Gelin.'], { language: 'tr' }],
    ['Saat 5. Görüşürüz.', ['Saat 5.', 'Görüşürüz.'], { language: 'tr' }],
    ['Dr. Yılmaz geldi. Tamam.', ['Dr. Yılmaz geldi.', 'Tamam.'], { language: 'tr' }],
  ];
  for (const [text, expected, options] of rows)
    test(JSON.stringify(text), () => {
      for (const size of [1, 3, 1000]) assert.deepEqual(split(text, options, size), expected, `in pieces of ${size}`);
    });
});

describe('the first piece', () => {
  test('comes at the first clause that has enough words, later ones only at sentences', () => {
    const text = 'Yes, on Saturday we are open, from ten to two, as always. On Sunday, we are closed.';
    assert.deepEqual(split(text, { firstClauseWords: 4 }), [
      'Yes, on Saturday we are open,',
      'from ten to two, as always.',
      'On Sunday, we are closed.',
    ]);
  });

  test('is not cut inside a number', () => {
    assert.deepEqual(split('You have a total of 1,250 dollars.', { firstClauseWords: 2 }), [
      'You have a total of 1,250 dollars.',
    ]);
  });

  test('comes as soon as the clause is complete', () => {
    const splitter = new SentenceSplitter({ firstClauseWords: 3 });
    assert.deepEqual(splitter.push('We are open, '), ['We are open,']);
    splitter.flush();
    assert.deepEqual(splitter.push('And so it is, '), ['And so it is,'], 'a flush begins a new answer');
  });
});

test('a piece is never longer than the limit, and is cut at a blank', () => {
  const pieces = split('word '.repeat(100), { maxLength: 42 });
  assert.ok(
    pieces.every((piece) => piece.length <= 42 && /^(word ?)+$/.test(piece)),
    pieces.join('|'),
  );
  assert.deepEqual(split('x'.repeat(100), { maxLength: 40 }), ['x'.repeat(40), 'x'.repeat(40), 'x'.repeat(20)]);
});

test('whatever comes, no character is lost or added but blanks', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed % below;
  };
  const parts = [
    'a',
    'Dr.',
    '3.5',
    ' ',
    ' ',
    ',',
    '.',
    '?',
    '\n',
    '"',
    ')',
    'No.',
    '1.',
    'Ö',
    '…',
    'kat',
    '🙂',
    '--',
    'etc.',
  ];
  for (let walk = 0; walk < 500; walk++) {
    const text = Array.from({ length: random(60) }, () => parts[random(parts.length)]).join('');
    const language = random(2) === 0 ? 'en' : 'tr';
    const pieces = split(text, { language, maxLength: 10 + random(40) }, 1 + random(9));
    const bare = (value: string): string => value.replace(/\s+/g, '');
    assert.equal(bare(pieces.join(' ')), bare(text), `seed walk ${walk}: ${JSON.stringify(text)}`);
    assert.ok(pieces.every((piece) => piece.trim() === piece && piece !== ''));
  }
});
