import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLog } from '../../src/log.js';
import { Tap } from '../../src/observer/tap.js';
import { callStarted, event } from './events.js';

test('every listener gets every event, in order of subscription', () => {
  const tap = new Tap(openLog('test', 'silent'));
  const told: string[] = [];
  tap.subscribe(() => told.push('first'));
  tap.subscribe(() => told.push('second'));
  tap.publish(event(0, callStarted));
  assert.deepEqual(told, ['first', 'second']);
});

test('a listener that throws harms no other', () => {
  const tap = new Tap(openLog('test', 'silent'));
  let told = 0;
  tap.subscribe(() => {
    throw new Error('broken');
  });
  tap.subscribe(() => {
    told += 1;
  });
  tap.publish(event(0, callStarted));
  tap.publish(event(1, callStarted));
  assert.equal(told, 2);
});

test('unsubscribing ends one subscription, and twice is once', () => {
  const tap = new Tap(openLog('test', 'silent'));
  let told = 0;
  const listener = () => {
    told += 1;
  };
  const end = tap.subscribe(listener);
  tap.subscribe(listener);
  end();
  end();
  tap.publish(event(0, callStarted));
  assert.equal(told, 1);
  assert.equal(tap.listeners, 1);
});
