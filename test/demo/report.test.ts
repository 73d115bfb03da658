import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ledgerBars } from '../../src/demo/bars.js';
import { reportTurn, shortcomings } from '../../src/demo/report.js';
import { scripts } from '../../src/demo/script.js';
import type { TurnRow } from '../../src/observer/ledger.js';
import { mapParts } from '../../src/observer/parts.js';

const question = { text: 'When do you open?', interrupts: false };
const row = (more: Partial<TurnRow> = {}): TurnRow => ({
  callId: 'c',
  turn: 1,
  kind: 'answered',
  asked: 'when do you open',
  said: 'At nine. On Saturday at ten.',
  heard: 'At nine. On Saturday at ten.',
  interrupted: false,
  partsMs: { ...mapParts(() => 0), silence_wait: 600, stt_final: 0.2, llm_first_token: 150 },
  sumMs: 750.2,
  ...more,
});
const exchange = { text: question.text, interrupts: false, feltMs: 761.234, answerMs: 2000 };

test('a turn is written with the names that readers of the report expect', () => {
  const turn = reportTurn({ question, exchange, rows: [row()] }, 'en');
  assert.deepEqual(turn, {
    turn: 1,
    asked: 'When do you open?',
    heard: 'when do you open',
    word_error_rate: 0,
    said: 'At nine. On Saturday at ten.',
    interrupted: false,
    parts_ms: row().partsMs,
    sum_ms: 750.2,
    felt_ms: 761.23,
  });
});

test('of an interrupted answer the report has what was heard; of a split question, all of it', () => {
  const cut = reportTurn({ question, exchange, rows: [row({ interrupted: true, heard: 'At nine.' })] }, 'en');
  assert.deepEqual([cut.said, cut.interrupted], ['At nine.', true]);
  const split = reportTurn(
    { question, exchange, rows: [row({ asked: 'when' }), row({ turn: 2, asked: 'do you open' })] },
    'en',
  );
  assert.deepEqual([split.heard, split.turn, split.word_error_rate], ['when do you open', 2, 0]);
});

describe('shortcomings', () => {
  const questions = [question, { text: 'Where?', interrupts: true }];
  const good = [
    reportTurn({ question, exchange, rows: [row({ interrupted: true })] }, 'en'),
    reportTurn({ question: { text: 'Where?', interrupts: true }, exchange, rows: [row({ asked: 'where' })] }, 'en'),
  ] as const;
  const rows: [string, Partial<(typeof good)[0]>, string[]][] = [
    ['none', {}, []],
    ['misheard', { word_error_rate: 0.21, heard: 'when' }, ['"When do you open?" was heard as "when"']],
    ['heard well enough', { word_error_rate: 0.2 }, []],
    ['no answer on the wire', { felt_ms: null }, ['"When do you open?" was not answered']],
    ['not cut off', { interrupted: false }, ['the answer to "When do you open?" was not cut off']],
  ];
  for (const [name, change, expected] of rows)
    test(name, () => assert.deepEqual(shortcomings([{ ...good[0], ...change }, good[1]], questions), expected));
  test('a question that nobody observed is neither heard nor answered', () => {
    const turn = reportTurn({ question, exchange: undefined, rows: [] }, 'en');
    assert.equal(shortcomings([turn], [question]).length, 2);
  });
});

test('bars: one line a part that took time, thin where it took little, and both sums', () => {
  const text = ledgerBars(reportTurn({ question, exchange, rows: [row()] }, 'en'));
  const lines = text.trimEnd().split('\n');
  assert.equal(lines.length, 4, 'parts of nothing are left out');
  assert.match(lines[0] ?? '', /^ {2}silence_wait +600 ms ▇{40}$/);
  assert.match(lines[1] ?? '', /^ {2}llm_first_token +150 ms ▇{10}$/);
  assert.match(lines[2] ?? '', /^ {2}sum +750 ms$/);
  assert.match(lines[3] ?? '', /^ {2}felt by caller +761 ms$/);
});

test('every script asks at least four questions, one of them into an answer', () => {
  for (const [language, { questions }] of Object.entries(scripts)) {
    assert.ok(questions.length >= 4, language);
    assert.equal(questions[0]?.interrupts, false, 'there is no answer yet to interrupt');
    assert.ok(
      questions.some(({ interrupts }) => interrupts),
      language,
    );
  }
});
