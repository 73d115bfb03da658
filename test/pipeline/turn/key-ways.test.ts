import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeyWay, KeyWays } from '../../../src/pipeline/turn/key-ways.js';

type Press = [atMs: number, way: KeyWay, key: string];
/** The keys that count, in order. */
const counted = (presses: readonly Press[]): string => {
  const ways = new KeyWays();
  return presses
    .filter(([atMs, way, key]) => ways.accept(key, way, atMs))
    .map(([, , key]) => key)
    .join('');
};
const rtp = (atMs: number, key: string): Press => [atMs, 'rtp', key];
const client = (atMs: number, key: string): Press => [atMs, 'client', key];
const info = (atMs: number, key: string): Press => [atMs, 'signalling', key];

test('a key that comes by both ways is one key, whichever comes first', () => {
  assert.equal(counted([rtp(0, '5'), info(180, '5')]), '5');
  assert.equal(counted([info(0, '5'), rtp(20, '5')]), '5');
});

test('the same key pressed again is another one', () => {
  assert.equal(counted([rtp(0, '5'), rtp(200, '5'), info(210, '5'), info(400, '5')]), '55');
  assert.equal(counted([rtp(0, '5'), info(100, '5'), rtp(300, '5'), info(400, '5')]), '55');
  assert.equal(counted([info(0, '1'), info(100, '1'), info(200, '1')]), '111');
});

test('another key is another one, and so is one that comes much later', () => {
  assert.equal(counted([rtp(0, '5'), info(100, '6')]), '56');
  assert.equal(counted([rtp(0, '5'), info(2000, '5')]), '55');
});

test('what a client presses is always a key, and pairs with none', () => {
  assert.equal(counted([rtp(0, '5'), client(100, '5'), client(110, '5'), info(180, '5')]), '555');
});

test('what never has a double is not kept', () => {
  const ways = new KeyWays();
  for (let n = 0; n < 10_000; n++) ways.accept('1', 'rtp', n * 10);
  assert.ok(!ways.accept('1', 'signalling', 100_000));
});
