import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, latencyWindow } from '../../src/observer/histogram.js';
import { seeded } from './events.js';

test('quantiles are those of the sorted values, to half a bucket', () => {
  const random = seeded(5);
  const histogram = new Histogram();
  const values = Array.from({ length: 5000 }, () => 1 + 3000 * random() ** 3);
  for (const value of values) histogram.record(value, 1000);
  values.sort((a, b) => a - b);
  for (const quantile of [0.01, 0.25, 0.5, 0.9, 0.99, 1]) {
    const exact = values[Math.ceil(quantile * values.length) - 1] ?? 0;
    const got = histogram.quantile(quantile, 1000) ?? 0;
    assert.ok(Math.abs(got / exact - 1) <= 0.026, `p${quantile}: ${got} for ${exact}`);
  }
  assert.equal(histogram.count, 5000);
  assert.ok(Math.abs(histogram.sum - values.reduce((sum, value) => sum + value, 0)) < 1e-3);
});

test('what is older than the window no longer counts, but count and sum go on', () => {
  const histogram = new Histogram({ windowMs: 1000, slices: 10, least: 1, most: 1000 });
  histogram.record(500, 0);
  histogram.record(10, 950);
  assert.equal(histogram.inWindow(950), 2);
  assert.equal(histogram.inWindow(1000), 1);
  assert.ok(Math.abs((histogram.quantile(1, 1000) ?? 0) / 10 - 1) < 0.026);
  assert.equal(histogram.quantile(0.5, 5000), undefined);
  assert.equal(histogram.count, 2);
});

test('a slot that is used again forgets what it held', () => {
  const histogram = new Histogram({ windowMs: 1000, slices: 10, least: 1, most: 1000 });
  for (let round = 0; round < 50; round++) histogram.record(100, round * 1000);
  assert.equal(histogram.inWindow(49_000), 1);
});

test('values outside the range count as its edges', () => {
  const histogram = new Histogram();
  histogram.record(0, 0);
  assert.equal(histogram.quantile(0.5, 0), 0);
  const high = new Histogram();
  high.record(latencyWindow.most * 100, 0);
  assert.ok(Math.abs((high.quantile(0.5, 0) ?? 0) / latencyWindow.most - 1) < 0.06);
});
