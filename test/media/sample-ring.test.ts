import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heardLayout, spokenLayout } from '../../src/media/ring-layout.js';
import { allocateRings, distance, HeardRing, SpokenRing } from '../../src/media/sample-ring.js';

const count = (from: number, samples: number) =>
  Int16Array.from({ length: samples }, (_, i) => ((from + i) << 16) >> 16);

/** Plays the media thread: writes counted samples into the heard ring from `position`. */
function hear(buffer: SharedArrayBuffer, position: number, samples: number): void {
  const words = new Uint32Array(buffer, 0, heardLayout.samples / 4);
  const ring = new Int16Array(buffer, heardLayout.samples, heardLayout.capacity);
  for (let i = 0; i < samples; i++) ring[(position + i) % heardLayout.capacity] = position + i;
  Atomics.store(words, heardLayout.write / 4, (position + samples) >>> 0);
}

test('distance is right across the wrap', () => {
  assert.equal(distance(0xfffffff0, 0x10), 0x20);
  assert.equal(distance(0x10, 0xfffffff0), -0x20);
});

test('heard samples come out once, in order, across the end of the memory and the wrap of the index', () => {
  const { heard } = allocateRings();
  const start = 0xffffff00;
  new Uint32Array(heard, 0, 1)[0] = start;
  const ring = new HeardRing(heard);
  const out = new Int16Array(512);
  for (let position = start, n = 0; n < 300; n++) {
    hear(heard, position, 512);
    assert.equal(ring.available(), 512);
    assert.ok(ring.read(out));
    assert.deepEqual(out, count(position, 512));
    position = (position + 512) >>> 0;
  }
  assert.equal(ring.read(out), false, 'an empty ring gives nothing');
});

/** Plays the media thread: `stamps` are positions and arrivals; the playout is the position. */
function stamp(
  buffer: SharedArrayBuffer,
  first: number,
  stamps: readonly [position: number, arrivalNs: number][],
): void {
  const words = new Uint32Array(buffer, 0, heardLayout.samples / 4);
  const times = new BigInt64Array(buffer, heardLayout.stamps, heardLayout.stampSlots * 2);
  stamps.forEach(([position, arrivalNs], index) => {
    const slot = (first + index) % heardLayout.stampSlots;
    words[heardLayout.stampPositions / 4 + slot] = position;
    times[slot * 2] = BigInt(arrivalNs);
    times[slot * 2 + 1] = BigInt(position);
  });
  Atomics.store(words, heardLayout.stampCount / 4, first + stamps.length);
}

test('every sample knows its packet, across the end of the stamps and the wrap of positions', () => {
  const { heard } = allocateRings();
  const ring = new HeardRing(heard);
  const start = 0xffffff00;
  const at = (index: number) => (start + index * 150) >>> 0;
  const total = 1300;
  stamp(
    heard,
    0,
    Array.from({ length: total }, (_, index) => [at(index), index + 1]),
  );
  for (let index = total - 470; index < total; index++)
    for (const offset of [0, 1, 149]) {
      const { arrivalNs, playoutNs } = ring.stampAt((at(index) + offset) >>> 0);
      assert.equal(arrivalNs, BigInt(index + 1));
      assert.equal(playoutNs, BigInt(at(index)));
    }
});

test('a few stamps are searched like many', () => {
  const { heard } = allocateRings();
  const ring = new HeardRing(heard);
  assert.equal(ring.stampAt(0).arrivalNs, 0n, 'nothing is there');
  stamp(heard, 0, [
    [0, 0],
    [80, 5],
    [320, 5],
    [410, 9],
  ]);
  const found = [0, 79, 80, 319, 320, 409, 410, 5000].map((position) => Number(ring.stampAt(position).arrivalNs));
  assert.deepEqual(found, [0, 0, 5, 5, 5, 5, 9, 9]);
});

test('digits come in order; more than sixteen unread lose the oldest', () => {
  const { heard } = allocateRings();
  const ring = new HeardRing(heard);
  const words = new Uint32Array(heard, 0, heardLayout.samples / 4);
  const press = (n: number, digit: string) => {
    words[heardLayout.digits / 4 + (n % heardLayout.digitSlots)] = digit.charCodeAt(0) | (100 << 8);
    Atomics.store(words, heardLayout.digitCount / 4, n + 1);
  };
  press(0, '5');
  assert.deepEqual(ring.nextDigit(), { digit: '5', durationMs: 100 });
  assert.equal(ring.nextDigit(), undefined);
  for (let n = 1; n <= 20; n++) press(n, String(n % 10));
  const seen: string[] = [];
  for (let digit = ring.nextDigit(); digit; digit = ring.nextDigit()) seen.push(digit.digit);
  assert.equal(seen.join(''), '5678901234567890');
});

test('a full spoken ring takes what it has room for', () => {
  const { spoken } = allocateRings();
  const ring = new SpokenRing(spoken);
  const much = new Int16Array(spokenLayout.capacity + 5);
  assert.equal(ring.write(much, 0), spokenLayout.capacity);
  assert.equal(ring.room(), 0);
  assert.equal(ring.write(much, 0), 0);
});

test('after a discard the old epoch cannot write, and what it wrote is skipped', () => {
  const { spoken } = allocateRings();
  const ring = new SpokenRing(spoken);
  const words = new Uint32Array(spoken, 0, spokenLayout.samples / 4);
  ring.write(count(0, 1000), ring.epoch);
  ring.pause();
  words[spokenLayout.played / 4] = 400;
  assert.equal(ring.discard(), 400, 'what the caller heard');
  assert.equal(ring.paused, false);
  assert.equal(words[spokenLayout.discardTo / 4], 1000);
  assert.equal(ring.write(count(0, 10), 0), -1);
  assert.equal(ring.write(count(0, 10), 1), 10);
  assert.equal(words[spokenLayout.discardTo / 4], 1000, 'the new epoch is heard');
});

test('a mark is timed once, for its own sequence', () => {
  const { spoken } = allocateRings();
  const ring = new SpokenRing(spoken);
  ring.mark(160, 7);
  assert.equal(ring.markedNs(7), undefined);
  new BigInt64Array(spoken, spokenLayout.markNs, 1)[0] = 123n;
  Atomics.store(new Uint32Array(spoken, 0, 128), spokenLayout.markDone / 4, 7);
  assert.equal(ring.markedNs(7), 123n);
  assert.equal(ring.markedNs(8), undefined);
});
