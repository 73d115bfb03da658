import assert from 'node:assert/strict';
import { test } from 'node:test';
import { english as englishWords, turkish as turkishWords } from '../../../src/config/turn-words.js';
import { BargeInJudge, type BotSpeech } from '../../../src/pipeline/turn/barge-in.js';
import { EchoWatch } from '../../../src/pipeline/turn/echo-watch.js';
import { plain } from '../../../src/pipeline/turn/plain-words.js';

const list = (text: string) => text.split(',');
const judgeOf = ({ backChannels, commands }: typeof englishWords, language: string) =>
  new BargeInJudge({ words: 2, speechMs: 500, backChannels: list(backChannels), commands: list(commands) }, language);
const english = judgeOf(englishWords, 'en');
const turkish = judgeOf(turkishWords, 'tr');
const bot = (text: string, echo: BotSpeech['echo'] = 'unknown'): BotSpeech => ({ text, echo, interruptible: true });
const silent = bot('');

test('back-channels alone do not interrupt', () => {
  for (const text of [
    'Yeah.',
    'uh-huh',
    'Okay, okay.',
    'I see. Yeah!',
    'mm-hmm',
    'Uh huh.',
    'Ah-ha',
    'Mm. Mm.',
    'Oh. Right.',
    'Got it, sure.',
    '',
  ])
    assert.equal(english.afterSpeech(text, silent), 'ignore', text);
  for (const text of [
    'Evet evet.',
    'hı hı',
    'Tamam, aynen.',
    'EVET',
    'Hı-hı',
    'Hımm, ha',
    'peki tamam',
    'ee anladım',
    'Öyle.',
  ])
    assert.equal(turkish.afterSpeech(text, silent), 'ignore', text);
});

test('words beside them do; while he speaks two are needed, or a command', () => {
  assert.equal(english.afterSpeech('Yeah, operator', silent), 'interrupt');
  assert.equal(turkish.afterSpeech('tamam dur', silent), 'interrupt');
  assert.equal(english.whileSpeaking('yeah my', 10, silent), 'unsure');
  assert.equal(english.whileSpeaking('yeah my card', 10, silent), 'interrupt');
  assert.equal(english.whileSpeaking('okay hold on', 10, silent), 'interrupt');
  assert.equal(turkish.whileSpeaking('durun', 10, silent), 'interrupt');
  assert.equal(turkish.whileSpeaking('bir dakika', 10, silent), 'interrupt');
  assert.equal(turkish.whileSpeaking('param', 10, silent), 'unsure');
});

test('without words, long enough speech interrupts, unless it is likely an echo', () => {
  assert.equal(english.whileSpeaking('', 499, silent), 'unsure');
  assert.equal(english.whileSpeaking('', 500, silent), 'interrupt');
  assert.equal(english.whileSpeaking('', 5000, bot('anything', 'likely')), 'unsure');
  assert.equal(english.whileSpeaking('yeah', 5000, silent), 'unsure', 'words came, and they are a back-channel');
});

test("the bot's own words are an echo, a caller's are not", () => {
  const opening = bot('We are open from nine to five on working days.');
  assert.equal(english.whileSpeaking('open from nine to', 900, opening), 'unsure');
  assert.equal(english.afterSpeech('we open from nine', opening), 'ignore', 'with a word lost on the way');
  assert.equal(english.afterSpeech('open on Saturday too', opening), 'interrupt');
  assert.equal(
    english.afterSpeech('five nine', bot(opening.text, 'unlikely')),
    'interrupt',
    'much louder than any echo',
  );
});

test('digits that are repeated while the bot dictates do not interrupt it', () => {
  const dictating = bot('Your number is five three two, seven one.');
  assert.equal(english.whileSpeaking('two seven one eight', 900, dictating), 'unsure');
  assert.equal(english.afterSpeech('Five, three, two. Yeah.', dictating), 'ignore');
  assert.equal(english.afterSpeech('five three sorry what was that', dictating), 'interrupt');
  assert.equal(turkish.afterSpeech('beş altı', bot('Numaranız dört yüz elli altı.')), 'ignore');
  assert.equal(turkish.afterSpeech('beş altı', bot('Hangi şubeyi istersiniz?')), 'interrupt');
});

test('three echoes in a row make an echoing line; a louder caller, or one who is confirmed, does not', () => {
  const watch = new EchoWatch();
  const sound = (rms: number, afterPauseMs: number) => {
    watch.hear(0);
    watch.hear(rms);
    const { verdict } = watch;
    watch.rejected(afterPauseMs);
    return verdict;
  };
  assert.equal(sound(300, 200), 'unknown');
  assert.equal(sound(400, 250), 'unknown');
  assert.equal(sound(400, 250), 'unknown');
  assert.equal(sound(700, 250), 'likely');
  assert.equal(sound(1500, 1000), 'unlikely', 'and it went on for too long after the pause');
  assert.equal(sound(300, 100), 'unknown', 'which counts afresh');
  sound(300, 100);
  sound(300, 100);
  watch.confirmed();
  assert.equal(watch.verdict, 'unknown');
});

test("lower case is the language's own", () => {
  assert.equal(plain('IŞIK, İyi!', 'tr'), 'ışık iyi');
});
