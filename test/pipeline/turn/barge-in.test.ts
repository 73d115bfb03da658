import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BargeInJudge, plain } from '../../../src/pipeline/turn/barge-in.js';

const english = new BargeInJudge({ words: 1, speechMs: 500, backChannels: ['uh-huh', 'yeah', 'i see', 'okay'] }, 'en');
const turkish = new BargeInJudge({ words: 2, speechMs: 500, backChannels: ['hı hı', 'evet', 'tamam', 'aynen'] }, 'tr');

test('back-channels alone do not interrupt', () => {
  for (const text of ['Yeah.', 'uh-huh', 'Okay, okay.', 'I see. Yeah!', ''])
    assert.equal(english.afterSpeech(text), 'ignore', text);
  for (const text of ['Evet evet.', 'hı hı', 'Tamam, aynen.', 'EVET'])
    assert.equal(turkish.afterSpeech(text), 'ignore', text);
});

test('words beside them do', () => {
  assert.equal(english.afterSpeech('Yeah, stop'), 'interrupt');
  assert.equal(turkish.afterSpeech('Evet, bir saniye'), 'interrupt');
  assert.equal(turkish.afterSpeech('tamam dur'), 'ignore', 'two telling words are asked for');
});

test('without words, long enough speech interrupts', () => {
  assert.equal(english.whileSpeaking('', 499), 'unsure');
  assert.equal(english.whileSpeaking('', 500), 'interrupt');
  assert.equal(english.whileSpeaking('yeah', 5000), 'unsure', 'words came, and they are a back-channel');
  assert.equal(english.whileSpeaking('wait', 10), 'interrupt');
});

test("lower case is the language's own", () => {
  assert.equal(plain('IŞIK, İyi!', 'tr'), 'ışık iyi');
});
