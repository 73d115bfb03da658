import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Vigil } from '../src/readiness.js';

const well = { workersReady: true, away: [], tooSlowMs: undefined, closing: false };

test('a server is ready while its media thread goes on', () => {
  const readiness = new Vigil(0);
  assert.deepEqual(readiness.reasons({ ...well, media: [{ ticks: 1 }] }, 5000), []);
  assert.deepEqual(readiness.reasons({ ...well, media: [{ ticks: 900 }] }, 9000), []);
  assert.deepEqual(readiness.reasons({ ...well, media: [{ ticks: 900 }] }, 9050), [], 'asked again at once');
  assert.deepEqual(readiness.reasons({ ...well, media: [{ ticks: 900 }] }, 9200), ['media thread 0 does not tick']);
  assert.deepEqual(readiness.reasons({ ...well, media: [{ ticks: 901 }] }, 9300), []);
});

test('each thing that is missing is named', () => {
  const readiness = new Vigil(0);
  assert.deepEqual(
    readiness.reasons(
      { workersReady: false, away: ['opensips'], closing: true, media: [{ ticks: 1 }], tooSlowMs: 1234.5 },
      1,
    ),
    ['opensips does not answer', 'answers take 1235 ms', 'the server is shutting down', 'a worker is being replaced'],
  );
});

test('one thread of several that is stuck is enough', () => {
  const readiness = new Vigil(0);
  const look = (first: number, second: number, nowMs: number) =>
    readiness.reasons({ ...well, media: [{ ticks: first }, { ticks: second }] }, nowMs);
  assert.deepEqual(look(1, 1, 10), []);
  assert.deepEqual(look(50, 1, 250), ['media thread 1 does not tick']);
});
