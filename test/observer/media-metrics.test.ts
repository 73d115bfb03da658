import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateMos, MediaMetrics } from '../../src/observer/media-metrics.js';
import { quality } from './events.js';

/** Worked out apart from the code: R = 93.2 - Id - Ie, then annex B of G.107. R of 93.2 is MOS 4.41 in its tables. */
const rows: [lossRatio: number, delayMs: number, jitterMs: number, mos: number][] = [
  [0, 0, 0, 4.409],
  [0, 100, 0, 4.358],
  [0, 300, 0, 3.712],
  [0.01, 0, 0, 4.328],
  [0.05, 50, 5, 3.863],
  [0.2, 200, 20, 1.987],
  [1, 1000, 100, 1],
];
for (const [lossRatio, delayMs, jitterMs, mos] of rows)
  test(`MOS of ${lossRatio * 100} % loss, ${delayMs} ms delay, ${jitterMs} ms jitter`, () => {
    assert.ok(
      Math.abs(estimateMos({ lossRatio, delayMs, jitterMs }) - mos) < 0.001,
      `${estimateMos({ lossRatio, delayMs, jitterMs })}`,
    );
  });

test('MOS falls with loss, delay and jitter, and stays in its range', () => {
  let last = 4.5;
  for (let step = 0; step <= 100; step++) {
    const mos = estimateMos({ lossRatio: step / 100, delayMs: step * 10, jitterMs: step });
    assert.ok(mos >= 1 && mos <= last);
    last = mos;
  }
});

test('a report gives by how much the counters grew, and never less than nothing', () => {
  const metrics = new MediaMetrics();
  assert.equal(metrics.take(quality()).packetsReceived, 100);
  assert.equal(metrics.take(quality({ packetsReceived: 150 })).packetsReceived, 50);
  assert.equal(metrics.take(quality({ packetsReceived: 20 })).packetsReceived, 0);
});

test('a report without MOS gets an estimate; one with it keeps its own', () => {
  const metrics = new MediaMetrics();
  metrics.take(quality({ mos: 0 }));
  assert.ok((metrics.last?.mos ?? 0) > 3.5);
  metrics.take(quality({ mos: 2.5 }));
  assert.equal(metrics.last?.mos, 2.5);
});
