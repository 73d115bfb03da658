import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateMos } from '../../src/media/mos.js';

/** Worked out apart from the code: R = 93.2 - Id - Ie, then annex B of G.107. R of 93.2 is MOS 4.41 in its tables. */
const rows: [lossRatio: number, delayMs: number, mos: number][] = [
  [0, 0, 4.409],
  [0, 100, 4.358],
  [0, 300, 3.712],
  [0.01, 0, 4.328],
  [0.05, 60, 3.863],
  [0.2, 240, 1.987],
  [1, 1200, 1],
];
for (const [lossRatio, delayMs, mos] of rows)
  test(`MOS of ${lossRatio * 100} % loss, ${delayMs} ms delay`, () => {
    const estimate = estimateMos({ lossRatio, delayMs });
    assert.ok(Math.abs(estimate - mos) < 0.001, `${estimate}`);
  });

test('MOS falls with loss and delay, and stays in its range', () => {
  let last = 4.5;
  for (let step = 0; step <= 100; step++) {
    const mos = estimateMos({ lossRatio: step / 100, delayMs: step * 12 });
    assert.ok(mos >= 1 && mos <= last);
    last = mos;
  }
});
