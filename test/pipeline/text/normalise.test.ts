import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { normalise } from '../../../src/pipeline/text/normalise.js';

const english: [string, string][] = [
  ['Hello there!', 'Hello there!'],
  ['You have 3 messages.', 'You have three messages.'],
  ['1,250 people', 'one thousand two hundred fifty people'],
  ['It is 3.14 today.', 'It is three point one four today.'],
  ['-4 degrees', 'minus four degrees'],
  ['20°C', 'twenty degrees Celsius'],
  ['the 21st and the 3rd', 'the twenty-first and the third'],
  ['It costs $42.50.', 'It costs forty-two dollars and fifty cents.'],
  ['$1', 'one dollar'],
  ['$0.99', 'ninety-nine cents'],
  ['£3.01 or €20', 'three pounds and one penny or twenty euros'],
  ['100 USD', 'one hundred dollars'],
  ['₺50 or 20 TL', 'fifty lira or twenty lira'],
  ['$3.5 million', 'three point five million dollars'],
  ['a 50% discount', 'a fifty percent discount'],
  ['from 9-5', 'from nine to five'],
  ['at 10:30', 'at ten thirty'],
  ['at 9:05', 'at nine oh five'],
  ['at 10:00', "at ten o'clock"],
  ['at 10:00 am sharp', 'at ten A M sharp'],
  ['at 9:15 p.m. today', 'at nine fifteen P M today'],
  ['on 2024-10-29', 'on October twenty-ninth, twenty twenty-four'],
  ['on 7/4/1999', 'on July fourth, nineteen ninety-nine'],
  ['March 3rd, 2005', 'March third, two thousand five'],
  ['3 May 1905', 'third of May nineteen oh five'],
  ['in 2024', 'in twenty twenty-four'],
  ['13/45/2024 is no date', 'thirteen/forty-five/two thousand twenty-four is no date'],
  ['Call 555-1234.', 'Call five five five, one two three four.'],
  ['Call +90 532 123 45 67', 'Call plus nine zero, five three two, one two three, four five, six seven'],
  ['order 0850', 'order zero eight five zero'],
  ['account 12345678', 'account one two three, four five six, seven eight'],
  ['card 1234 5678 9012 3456', 'card one two three four, five six seven eight, nine zero one two, three four five six'],
  ['Dr. Smith, No. 5', 'Doctor Smith, number five'],
  ['e.g. this, etc.', 'for example this, and so on.'],
  ['No. We are not.', 'No. We are not.'],
  ['Q&A #4', 'Q and A number four'],
  ['me@example.com', 'me at example.com'],
  ['**Bold**, _soft_ and `code`', 'Bold, soft and code'],
  ['# Title\n- one\n- two', 'Title one two'],
  ['[our site](https://example.com/path)', 'our site'],
  ['See https://www.example.com/a/b?c=1', 'See example.com'],
  ['Great 😀👍🏽!', 'Great!'],
  ['', ''],
];

const turkish: [string, string][] = [
  ['Merhaba!', 'Merhaba!'],
  ['3 mesajınız var.', 'üç mesajınız var.'],
  ['100.000 kişi', 'yüz bin kişi'],
  ['3,5 km', 'üç virgül beş kilometre'],
  ['2,05 oldu', 'iki virgül sıfır beş oldu'],
  ['-3 derece', 'eksi üç derece'],
  ['%50 indirim', 'yüzde elli indirim'],
  ["%20'si", 'yüzde yirmisi'],
  ['1.250,50 TL', 'bin iki yüz elli lira elli kuruş'],
  ['₺20', 'yirmi lira'],
  ["5 bin TL'ye", 'beş bin liraya'],
  ['€3,20 ve 10 $', 'üç avro yirmi sent ve on dolar'],
  ['0,75 TL', 'yetmiş beş kuruş'],
  ["saat 10.30'da", 'saat on otuzda'],
  ["09:05'te", 'dokuz sıfır beşte'],
  ['saat 10:00', 'saat on'],
  ['29.10.2024 günü', 'yirmi dokuz Ekim iki bin yirmi dört günü'],
  ['2024-05-01', 'bir Mayıs iki bin yirmi dört'],
  ['1. kat', 'birinci kat'],
  ['21. yüzyıl', 'yirmi birinci yüzyıl'],
  ["3'üncü sıra", 'üçüncü sıra'],
  ["3'te gelin.", 'üçte gelin.'],
  ['9-17 arası', 'dokuz ila on yedi arası'],
  ['0532 123 45 67', 'sıfır beş üç iki, yüz yirmi üç, kırk beş, altmış yedi'],
  ['+90 (212) 555 00 11', 'artı doksan, iki yüz on iki, beş yüz elli beş, sıfır sıfır, on bir'],
  ['Dr. Yılmaz, No: 5', 'Doktor Yılmaz, numara beş'],
  ["Ankara'ya gidin.", "Ankara'ya gidin."],
  ['2 kg elma & 5 dk.', 'iki kilogram elma ve beş dakika.'],
  ['**Tamam** 🙂', 'Tamam'],
];

for (const [language, rows] of Object.entries({ en: english, tr: turkish }))
  describe(`said in ${language}`, () => {
    for (const [written, said] of rows)
      test(JSON.stringify(written), () => assert.equal(normalise(written, language), said));
  });

test('a region does not change the language, and an unknown one only loses its markup', () => {
  assert.equal(normalise('3 mesaj', 'tr-TR'), 'üç mesaj');
  assert.equal(normalise('**3** Nachrichten', 'de'), '3 Nachrichten');
});

test('whatever is written, no digit and no markup comes through, and it ends', () => {
  let seed = 11;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const parts = [
    '7',
    '12',
    '2024',
    '0',
    ' ',
    ' ',
    '.',
    ',',
    ':',
    '-',
    '/',
    '$',
    '%',
    'TL',
    '(',
    ')',
    '+',
    '*',
    '_',
    'am',
    'st',
    "'te",
    '€',
    '#',
    'x',
    '[',
    '😀',
    '\n',
  ];
  for (let walk = 0; walk < 1000; walk++) {
    const text = Array.from({ length: random(30) }, () => parts[random(parts.length)]).join('');
    for (const language of ['en', 'tr'])
      assert.doesNotMatch(
        normalise(text, language),
        /[\d*_#[\]`~|<>]|\p{Extended_Pictographic}/u,
        JSON.stringify(text),
      );
  }
});
