import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallInput, type CallState, nextCallState } from '../../src/call/call-machine.js';

const inputs: CallInput[] = ['answered', 'leave', 'end', 'released'];

test('every order of inputs ends a call at most once, and never revives it', () => {
  const walk = (state: CallState, path: string[]): void => {
    if (path.length > 6) return;
    for (const input of inputs) {
      const next = nextCallState(state, input);
      if (state === 'ended') assert.equal(next, undefined, path.join(' '));
      if (state === 'ending') assert.ok(next === undefined || next === 'ended', path.join(' '));
      if (state === 'leaving') assert.ok(next === undefined || next === 'ending', path.join(' '));
      if (next) walk(next, [...path, input]);
    }
  };
  walk('starting', []);
});

test('a call that was cancelled before the answer still gives back, and says no goodbye', () => {
  assert.equal(nextCallState('starting', 'leave'), undefined);
  assert.equal(nextCallState('starting', 'end'), 'ending');
  assert.equal(nextCallState('ending', 'answered'), undefined);
  assert.equal(nextCallState('ending', 'released'), 'ended');
});
