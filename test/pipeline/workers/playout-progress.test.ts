import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spokenLayout } from '../../../src/media/ring-layout.js';
import { allocateRings, SpokenRing } from '../../../src/media/sample-ring.js';
import type { EventBody } from '../../../src/pipeline/events.js';
import { Playout } from '../../../src/pipeline/workers/playout.js';

test('words are told as the ring plays them: each change once, and none behind the end of the sentence', () => {
  const { spoken } = allocateRings();
  const emitted: EventBody[] = [];
  const playout = new Playout(new SpokenRing(spoken), 8000, (body) => emitted.push(body));
  const words = new Uint32Array(spoken, 0, spokenLayout.samples / 4);
  /** What the media thread does. */
  const play = (to: number) => Atomics.store(words, spokenLayout.played / 4, to);
  playout.begin(1, true);
  playout.written({
    type: 'written',
    callId: 'a',
    turn: 1,
    index: 0,
    text: 'one two three four.',
    from: 0,
    to: 19_000,
  });
  playout.written({ type: 'written', callId: 'a', turn: 1, index: 1, text: 'five six.', from: 19_000, to: 28_000 });
  playout.finished(1);
  Atomics.store(words, spokenLayout.markDone / 4, 2);
  for (let to = 0; to <= 28_000; to += 160) {
    play(to);
    playout.poll();
  }
  play(28_000);
  playout.poll();
  const told = emitted.map((body) =>
    body.type === 'playout-progress' ? `${body.index} ${body.heard}` : `${body.type}`,
  );
  assert.deepEqual(told, [
    'bot-started-speaking',
    '0 one',
    '0 one two',
    '0 one two three',
    'sentence-heard',
    '1 five',
    'sentence-heard',
    'bot-stopped-speaking',
  ]);
});
