import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger, type TurnRow } from '../../src/observer/ledger.js';
import { partNames } from '../../src/observer/parts.js';
import type { EventBody } from '../../src/pipeline/events.js';
import { event, ns, seeded, turnTimes } from './events.js';

type Step = [atMs: number, body: EventBody];

const asked = (turn: number, endMs: number, text = 'what time is it'): Step => [
  endMs + 700,
  { type: 'user-turn-ended', turn, text, times: turnTimes(endMs, [40, 640, 645, 700]) },
];
const thought = (turn: number, atMs: number): Step => [atMs, { type: 'llm-first-token', turn }];
const said = (turn: number, index: number, atMs: number, text: string): Step => [
  atMs,
  { type: 'sentence', turn, index, text },
];
const written = (turn: number, index: number, atMs: number): Step => [
  atMs,
  { type: 'sentence-written', turn, index, text: '', synthesisMs: 30, audioMs: 900 },
];
const spoke = (turn: number, atMs: number): Step => [
  atMs,
  { type: 'bot-started-speaking', turn, firstPacketNs: ns(atMs) },
];
const heard = (turn: number, index: number, atMs: number, text: string): Step => [
  atMs,
  { type: 'sentence-heard', turn, index, text },
];
const stopped = (turn: number, atMs: number): Step => [atMs, { type: 'bot-stopped-speaking', turn, speechMs: 1000 }];
const cut = (turn: number, atMs: number, text: string): Step => [
  atMs,
  { type: 'bot-interrupted', turn, cause: 'caller', heard: text },
];

const answered: Step[] = [
  asked(1, 1000),
  thought(1, 1900),
  said(1, 0, 1950, 'It is noon.'),
  written(1, 0, 2000),
  spoke(1, 2010),
  said(1, 1, 2100, 'Anything else?'),
  written(1, 1, 2150),
  heard(1, 0, 2900, 'It is noon.'),
  heard(1, 1, 3500, 'Anything else?'),
  stopped(1, 3500),
];

function play(steps: Step[]): { rows: TurnRow[]; ledger: Ledger } {
  const ledger = new Ledger('call-1');
  return { rows: steps.flatMap(([atMs, body]) => ledger.take(event(atMs, body))), ledger };
}

test('an answered turn: its words and its parts', () => {
  const { rows, ledger } = play(answered);
  assert.equal(rows.length, 1);
  assert.deepEqual(rows[0], {
    callId: 'call-1',
    turn: 1,
    kind: 'answered',
    asked: 'what time is it',
    said: 'It is noon. Anything else?',
    heard: 'It is noon. Anything else?',
    interrupted: false,
    partsMs: {
      jitter_wait: 40,
      silence_wait: 600,
      turn_decision: 5,
      stt_final: 55,
      llm_first_token: 200,
      first_sentence: 50,
      tts_first_audio: 50,
      ring_wait: 10,
    },
    sumMs: 1010,
  });
  assert.equal(ledger.open, 0);
});

test('events of three threads in any order make the same row', () => {
  const [expected] = play(answered).rows;
  const random = seeded(11);
  const last = answered.at(-1);
  assert.ok(last);
  for (let round = 0; round < 200; round++) {
    const shuffled = answered.slice(0, -1).map((step) => ({ step, key: random() }));
    shuffled.sort((a, b) => a.key - b.key);
    assert.deepEqual(play([...shuffled.map(({ step }) => step), last]).rows, [expected], `round ${round}`);
  }
});

test('an interrupted turn: what was said, and what of it was heard', () => {
  const steps: Step[] = [asked(1, 1000), said(1, 0, 1950, 'It is noon.'), spoke(1, 2010), cut(1, 2300, 'It is')];
  const [row] = play(steps).rows;
  assert.ok(row);
  assert.deepEqual(
    [row.kind, row.interrupted, row.said, row.heard, row.sumMs],
    ['interrupted', true, 'It is noon.', 'It is', 1010],
  );
});

test('what comes for a turn after its end is ignored', () => {
  const { rows, ledger } = play([...answered, said(1, 2, 3600, 'Late.'), spoke(1, 3700)]);
  assert.equal(rows.length, 1);
  assert.equal(ledger.open, 0);
});

test('a turn that nobody answered is empty, and closed by the next', () => {
  const { rows } = play([asked(1, 1000), asked(2, 5000), spoke(2, 6000), stopped(2, 7000)]);
  assert.deepEqual(
    rows.map(({ turn, kind }) => [turn, kind]),
    [
      [1, 'empty'],
      [2, 'answered'],
    ],
  );
});

test('an apology in place of an answer is no answer; behind one it is part of it', () => {
  const sorry = (turn: number, index: number, atMs: number): Step => [
    atMs,
    { type: 'sentence', turn, index, text: 'Sorry.', apology: true },
  ];
  const { rows } = play([
    ...[asked(1, 1000), sorry(1, 0, 1950), spoke(1, 2010), stopped(1, 3000)],
    ...[asked(2, 5000), said(2, 0, 5900, 'It is'), spoke(2, 6000), sorry(2, 1, 6100), stopped(2, 7000)],
  ]);
  assert.deepEqual(
    rows.map(({ turn, kind }) => [turn, kind]),
    [
      [1, 'apology'],
      [2, 'answered'],
    ],
  );
});

test('the end of the call closes what is open', () => {
  const ended: Step = [9000, { type: 'call-ended', reason: 'caller-hangup', detail: '' }];
  const { rows, ledger } = play([asked(3, 1000), spoke(3, 2000), ended]);
  assert.deepEqual(
    rows.map(({ turn, kind }) => [turn, kind]),
    [[3, 'answered']],
  );
  assert.equal(ledger.open, 0);
});

test('a greeting answers nobody and has no row', () => {
  assert.deepEqual(play([said(0, 0, 10, 'Hello.'), spoke(0, 50), stopped(0, 900)]).rows, []);
});

test('a random conversation: one row a turn, sums exact, memory bounded', () => {
  const random = seeded(23);
  const ledger = new Ledger('call-1');
  const rows: TurnRow[] = [];
  const feltMs: number[] = [];
  let at = 0;
  for (let turn = 1; turn <= 300; turn++) {
    const endMs = at + random() * 2000;
    const firstMs = endMs + 700 + random() * 1500;
    const steps = [
      asked(turn, endMs),
      thought(turn, endMs + random() * 3000),
      written(turn, 0, endMs + random() * 3000),
    ];
    if (random() < 0.9) steps.push(spoke(turn, firstMs));
    steps.push(random() < 0.3 ? cut(turn, firstMs + 100, '') : stopped(turn, firstMs + 100));
    feltMs.push(firstMs - endMs);
    rows.push(...steps.flatMap(([atMs, body]) => ledger.take(event(atMs, body))));
    at = firstMs + 1000;
    assert.ok(ledger.open <= 1);
  }
  assert.equal(rows.length, 300);
  for (const [index, row] of rows.entries()) {
    const sum = partNames.reduce((total, name) => total + row.partsMs[name], 0);
    assert.ok(Math.abs(sum - row.sumMs) < 1e-6, `turn ${row.turn}`);
    if (row.kind === 'answered') assert.ok(Math.abs(row.sumMs - (feltMs[index] ?? 0)) < 1e-3, `turn ${row.turn}`);
  }
});

test('turns that never end do not pile up', () => {
  const ledger = new Ledger('call-1');
  for (let turn = 0; turn < 1000; turn++) ledger.take(event(turn, { type: 'llm-first-token', turn }));
  assert.ok(ledger.open <= 8, `${ledger.open} open`);
});
