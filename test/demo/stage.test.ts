import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventLine } from '../../src/cli/event-lines.js';
import { Stage } from '../../src/demo/stage.js';
import { mapParts } from '../../src/observer/parts.js';

const happened = { callId: 'c', atNs: '1' };
const times = {
  speechEndArrivalNs: '1',
  speechEndPlayoutNs: '1',
  silenceElapsedNs: '1',
  decidedNs: '1',
  sttFinalNs: '1',
};
const heard = (turn: number, text: string): EventLine => ({
  type: 'event',
  event: { ...happened, type: 'user-turn-ended', turn, text, times },
});
const closed = (turn: number): EventLine => ({
  type: 'turn',
  row: {
    callId: 'c',
    turn,
    kind: 'answered',
    asked: '',
    said: '',
    heard: '',
    interrupted: false,
    partsMs: mapParts(() => 0),
    sumMs: 0,
  },
});

test('turns belong to the question that was being asked when they ended, whenever their row closes', () => {
  const shown: string[] = [];
  const stage = new Stage((line) => shown.push(line));
  stage.asking(0, 'One?');
  stage.take(heard(1, 'one'));
  stage.asking(1, 'Two, please?');
  stage.take(heard(2, 'two'));
  stage.take(heard(3, 'please'));
  for (const turn of [3, 1, 2]) stage.take(closed(turn));
  assert.deepEqual(
    stage.rowsOf(0).map(({ turn }) => turn),
    [1],
  );
  assert.deepEqual(
    stage.rowsOf(1).map(({ turn }) => turn),
    [2, 3],
  );
  assert.deepEqual(stage.rowsOf(2), []);
  assert.deepEqual(shown, [
    'caller  One?',
    '        heard: one',
    'caller  Two, please?',
    '        heard: two',
    '        heard: please',
  ]);
});

test('an interruption is shown with what was heard until then', () => {
  const shown: string[] = [];
  const stage = new Stage((line) => shown.push(line));
  stage.take({ type: 'event', event: { ...happened, type: 'bot-interrupted', turn: 1, cause: 'caller', heard: '' } });
  assert.deepEqual(shown, ['        (interrupted; heard until then: nothing)']);
});

test('the bot is done when every turn that it answers was played or cut off', () => {
  const stage = new Stage(() => undefined);
  const tell = (event: Extract<EventLine, { type: 'event' }>['event']) => stage.take({ type: 'event', event });
  assert.equal(stage.botIsDone, true);
  stage.take(heard(1, 'one'));
  tell({ ...happened, type: 'bot-started-speaking', turn: 1, firstPacketNs: '5' });
  assert.equal(stage.botIsDone, false);
  tell({ ...happened, type: 'bot-stopped-speaking', turn: 1, speechMs: 900 });
  assert.equal(stage.botIsDone, true);
  stage.take(heard(2, 'two'));
  tell({ ...happened, type: 'bot-interrupted', turn: 2, cause: 'caller', heard: '' });
  assert.equal(stage.botIsDone, true);
});
