import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Supervision } from '../../src/call/supervision.js';
import { tone } from '../support/parrot.js';

const voice = tone(500, 20, 8000);
const silence = new Int16Array(160);
const second = 1_000_000_000n;

function stage(allowed = true) {
  const played: Int16Array[] = [];
  const begun: string[] = [];
  const play = (samples: Int16Array) => void played.push(samples);
  const supervision = new Supervision({ allowed, play, begun: (origin) => void begun.push(origin) });
  return { played, begun, supervision };
}

test('switched off, nobody speaks', () => {
  const { supervision, played } = stage(false);
  assert.throws(() => supervision.speak(voice, 8000, 'a', 0n), /supervisor_audio has to be true/);
  assert.deepEqual(played, []);
});

test('one speaks at a time, until he was silent for two seconds', () => {
  const { supervision, begun, played } = stage();
  supervision.speak(voice, 8000, 'a', second);
  supervision.speak(silence, 8000, 'a', 2n * second);
  assert.throws(() => supervision.speak(voice, 8000, 'b', 3n * second), /a speaks to the caller/);
  supervision.speak(voice, 8000, 'b', 3n * second + 1n);
  assert.throws(() => supervision.speak(voice, 8000, 'a', 4n * second), /b speaks to the caller/);
  assert.deepEqual(begun, ['a', 'b']);
  assert.deepEqual(played, [voice, silence, voice]);
});

test('who leaves makes room at once', () => {
  const { supervision, begun } = stage();
  supervision.speak(voice, 8000, 'a', second);
  supervision.leave('b');
  assert.throws(() => supervision.speak(voice, 8000, 'b', second), /a speaks/);
  supervision.leave('a');
  supervision.speak(voice, 8000, 'b', second);
  assert.deepEqual(begun, ['a', 'b']);
});

test('an open microphone in a silent room takes nobody the word', () => {
  const { supervision, begun, played } = stage();
  supervision.speak(silence, 8000, 'a', second);
  supervision.speak(voice, 8000, 'b', second);
  assert.deepEqual(begun, ['b']);
  assert.deepEqual(played, [voice]);
});
