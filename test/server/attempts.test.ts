import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attempts } from '../../src/server/attempts.js';

test('an address that guesses waits, a second for each guess; others do not', () => {
  const attempts = new Attempts();
  for (let guess = 0; guess < 20; guess++) {
    assert.equal(attempts.blocked('a', 0), false);
    attempts.failed('a', 0);
  }
  assert.deepEqual(
    [attempts.blocked('a', 0), attempts.blocked('a', 999), attempts.blocked('b', 0)],
    [true, true, false],
  );
  assert.equal(attempts.blocked('a', 1000), false);
  attempts.failed('a', 1000);
  assert.equal(attempts.blocked('a', 1500), true);
  assert.equal(attempts.blocked('a', 60_000), false);
});

test('of many addresses the oldest is forgotten', () => {
  const attempts = new Attempts();
  for (let guess = 0; guess < 21; guess++) attempts.failed('first', 0);
  for (let other = 0; other < 1000; other++) attempts.failed(`other-${other}`, 0);
  assert.equal(attempts.blocked('first', 0), false);
});
