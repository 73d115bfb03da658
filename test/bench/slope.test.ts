/** The soak's verdict on memory is only as good as this arithmetic. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Point, slopeOf } from '../../bench/slope.js';

/** Uniform noise from a seed, -1..1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 31 - 1;
  };
}

const points = (slope: number, spread: number): Point[] => {
  const random = noise(7);
  return Array.from({ length: 600 }, (_, i) => [i / 60, 1000 + (slope * i) / 60 + spread * random()]);
};

test('a straight line has its slope and no error', () => {
  const { slope, error } = slopeOf(points(5, 0));
  assert.ok(Math.abs(slope - 5) < 1e-9 && error < 1e-9, `${slope} ± ${error}`);
});

test('a leak shows through noise, and noise alone is none', () => {
  const leak = slopeOf(points(5, 20));
  assert.ok(leak.slope - 2 * leak.error > 0, `${leak.slope} ± ${leak.error}`);
  const flat = slopeOf(points(0, 20));
  assert.ok(Math.abs(flat.slope) < 2 * flat.error, `${flat.slope} ± ${flat.error}`);
});
