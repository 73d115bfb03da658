import assert from 'node:assert/strict';
import { test } from 'node:test';
import { english, turkish } from '../../../src/config/turn-words.js';
import { AdaptiveEndOfTurn, SmartEndOfTurn, type TurnLanguage } from '../../../src/pipeline/turn/adaptive.js';
import { type EndOfTurnReason, silenceEndOfTurn } from '../../../src/pipeline/turn/end-of-turn.js';
import { ExpectedDigits } from '../../../src/pipeline/turn/expected-digits.js';
import { spokenDigits } from '../../../src/pipeline/turn/spoken-digits.js';

const bounds = { silenceMs: 600, leastMs: 300, mostMs: 1600 };
const languageOf = (language: string, { unfinished, complete }: typeof english): TurnLanguage => ({
  language,
  unfinished: unfinished.split(','),
  complete: complete.split(','),
});
const languages = { en: languageOf('en', english), tr: languageOf('tr', turkish) };
const state = (text: string, completion?: number) => ({ text, completion });

const rows: ['en' | 'tr', string, number, EndOfTurnReason][] = [
  ['en', '', 600, 'silence'],
  ['en', 'what is the exchange rate', 600, 'silence'],
  ['en', 'What is the exchange rate?', 360, 'complete'],
  ['en', 'block my card please', 360, 'complete'],
  ['en', 'please block my card and', 1320, 'unfinished'],
  ['en', 'I want to block my, um', 1320, 'unfinished'],
  ['en', 'I would like to...', 1320, 'unfinished'],
  ['en', 'my number is five three', 1200, 'number'],
  ['en', 'twenty-five', 1200, 'number'],
  ['en', 'My number is 42.', 1200, 'number'],
  ['tr', 'kartımı kapatmak istiyorum', 360, 'complete'],
  ['tr', 'bakiyemi öğrenebilir miyim', 360, 'complete'],
  ['tr', 'kartımı kapatın ve', 1320, 'unfinished'],
  ['tr', 'kartım var ama', 1320, 'unfinished'],
  ['tr', 'arıyorum çünkü', 1320, 'unfinished'],
  ['tr', 'ben ııı', 1320, 'unfinished'],
  ['tr', 'ŞEY', 1320, 'unfinished'],
  ['tr', 'kart numaram dört beş', 1200, 'number'],
  ['tr', 'dün para yatırdım', 600, 'silence'],
];

for (const [language, text, silenceMs, reason] of rows) {
  test(`${language}: "${text}" waits ${silenceMs} ms: ${reason}`, () => {
    const strategy = new AdaptiveEndOfTurn(bounds, languages[language]);
    const { wordsMs: _looks, ...judged } = strategy.judge(state(text));
    assert.deepEqual(judged, { silenceMs, reason });
  });
}

test('the caller’s pauses move the base towards what they ask for, never past the bounds', () => {
  const slow = new AdaptiveEndOfTurn(bounds, languages.en);
  const waits: number[] = [];
  for (let pause = 0; pause < 4; pause++) {
    slow.wentOn(1000);
    waits.push(slow.judge(state('')).silenceMs);
  }
  assert.deepEqual(waits, [738, 820, 875, 914]);
  for (let pause = 0; pause < 40; pause++) slow.wentOn(9000);
  assert.equal(slow.judge(state('')).silenceMs, 1520);
  assert.equal(slow.judge(state('and')).silenceMs, 1600);
  const quick = new AdaptiveEndOfTurn(bounds, languages.en);
  for (let pause = 0; pause < 40; pause++) quick.wentOn(210);
  assert.equal(quick.judge(state('')).silenceMs, 408);
  assert.equal(quick.judge(state('thank you')).silenceMs, 300);
  assert.equal(quick.judge(state('')).reason, 'pauses');
  quick.judge(state('and'));
  quick.wentOn(1500);
  assert.equal(quick.judge(state('')).silenceMs, 408, 'a pause that the words foretold is not learnt');
});

test('the model decides where it was asked; until then the words do', () => {
  const smart = new SmartEndOfTurn(bounds, languages.en, 0.6);
  assert.deepEqual(smart.judge(state('and')), { silenceMs: 1320, reason: 'unfinished', wordsMs: 600 });
  assert.deepEqual(smart.judge(state('block my card', 0.6)), { silenceMs: 300, reason: 'model-complete' });
  assert.deepEqual(smart.judge(state('my number is five', 0.9)), { silenceMs: 1200, reason: 'number', wordsMs: 600 });
  assert.deepEqual(smart.judge(state('please', 0.59)), { silenceMs: 1600, reason: 'model-unfinished' });
});

test('an expected number is waited for once it is begun, and ends the turn at its last digit', () => {
  const slot = new ExpectedDigits(silenceEndOfTurn(600), { missingMs: 2500, completeMs: 200 }, 'tr');
  assert.deepEqual(slot.judge(state('dört beş')), { silenceMs: 600, reason: 'silence' }, 'none is expected');
  slot.count = 8;
  assert.deepEqual(slot.judge(state('bir dakika lütfen'.slice(4))), { silenceMs: 600, reason: 'silence' });
  assert.deepEqual(slot.judge(state('kart numaram dört beş')), { silenceMs: 2500, reason: 'digits-missing' });
  assert.deepEqual(slot.judge(state('kart numaram dört beş altmış yedi 8901')), {
    silenceMs: 200,
    reason: 'digits-complete',
  });
  assert.deepEqual(slot.judge(state('123456789')), { silenceMs: 200, reason: 'digits-complete' }, 'one too many');
});

const numbers: [string, string, string][] = [
  ['tr', 'dört beş altı', '456'],
  ['tr', 'kart numaram dört beş altmış yedi', '4567'],
  ['tr', 'sıfır beş yüz otuz iki', '0532'],
  ['tr', 'bin iki yüz', '1200'],
  ['tr', 'yüz yirmi üç bin dört yüz elli altı', '123456'],
  ['tr', 'on iki otuz', '1230'],
  ['tr', 'ON İKİ', '12'],
  ['en', 'forty-five oh seven', '4507'],
  ['en', 'double three five', '335'],
  ['en', 'triple 7 one', '7771'],
  ['en', 'five hundred and twelve', '50012'],
  ['en', 'five hundred twelve', '512'],
  ['en', 'twenty five hundred', '2500'],
  ['en', '4, 5, 6. My card is 12 34', '4561234'],
  ['en', 'nothing here', ''],
];

for (const [language, text, digits] of numbers) {
  test(`${language}: "${text}" is ${digits || 'no number'}`, () => assert.equal(spokenDigits(text, language), digits));
}
