import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventBody } from '../../../src/pipeline/events.js';
import { markOf, Playout } from '../../../src/pipeline/workers/playout.js';
import { PlayedRing } from '../../support/played-ring.js';

/** 100 samples a second: a sentence of 100 samples is one second long. */
const rateHz = 100;

function stage() {
  const media = new PlayedRing();
  const events: EventBody[] = [];
  const playout = new Playout(media.ring, rateHz, (event) => void events.push(event));
  /** What a voice worker does with a sentence. */
  const write = (turn: number, index: number, text: string, mark = index === 0) => {
    const { ring } = media;
    const from = ring.written;
    if (mark) ring.mark(from, markOf(turn));
    playout.written({ type: 'written', callId: 'c', turn, index, text, from, to: from + 100 });
    ring.write(new Int16Array(100), ring.epoch);
  };
  const polled = () => {
    const done: unknown[] = [];
    for (let turn = playout.poll(); turn; turn = playout.poll()) done.push(turn);
    return done;
  };
  return { media, events, playout, write, polled, types: () => events.map(({ type }) => type) };
}

test('a turn starts with its first packet, and ends when all of it was played', () => {
  const { media, events, playout, write, polled, types } = stage();
  playout.begin(0, true);
  write(0, 0, 'Hello.');
  write(0, 1, 'How are you?');
  media.play(50);
  assert.deepEqual(polled(), []);
  assert.deepEqual(events, [{ type: 'bot-started-speaking', turn: 0, firstPacketNs: media.nowNs }]);
  media.play(150);
  assert.deepEqual(polled(), [], 'the voice has not said that this is all');
  playout.finished(0);
  assert.deepEqual(polled(), [{ turn: 0, heard: 'Hello. How are you?' }]);
  assert.deepEqual(types(), ['bot-started-speaking', 'sentence-heard', 'sentence-heard', 'bot-stopped-speaking']);
  assert.equal(playout.busy, false);
});

test('two turns in the ring both end, though the mark of the first was overwritten', () => {
  const { media, playout, write, polled, types } = stage();
  for (const turn of [0, 1]) {
    playout.begin(turn, true);
    write(turn, 0, `turn ${turn}`);
    playout.finished(turn);
  }
  media.play(200);
  assert.deepEqual(polled(), [
    { turn: 0, heard: 'turn 0' },
    { turn: 1, heard: 'turn 1' },
  ]);
  assert.equal(types().filter((type) => type === 'bot-started-speaking').length, 2);
  assert.equal(playout.busy, false);
});

test('a cut-off tells the words that were heard, to the whole word', () => {
  const { media, playout, write } = stage();
  playout.begin(0, true);
  write(0, 0, 'one two three four');
  write(0, 1, 'never said');
  media.play(60);
  playout.poll();
  assert.deepEqual(playout.discard(), [{ turn: 0, heard: 'one two', audible: true }]);
  media.play(500);
  assert.equal(media.ring.played, 60, 'nothing more is played');
});

test('a turn that nobody heard is cut off without words', () => {
  const { playout, write } = stage();
  playout.begin(0, true);
  playout.begin(1, true);
  write(0, 0, 'not yet played');
  assert.deepEqual(playout.discard(), [
    { turn: 0, heard: '', audible: false },
    { turn: 1, heard: '', audible: false },
  ]);
});

test('the playout goes on after a pause where it stopped', () => {
  const { media, playout, write, polled } = stage();
  playout.begin(0, true);
  write(0, 0, 'one two');
  playout.finished(0);
  media.play(40);
  playout.pause();
  assert.equal(media.play(100), 0);
  playout.resume();
  assert.equal(media.play(100), 60);
  assert.deepEqual(polled(), [{ turn: 0, heard: 'one two' }]);
});

test('a turn without sound ends at once', () => {
  const { playout, polled, types } = stage();
  playout.begin(0, true);
  playout.finished(0);
  assert.deepEqual(polled(), [{ turn: 0, heard: '' }]);
  assert.deepEqual(types(), []);
});
