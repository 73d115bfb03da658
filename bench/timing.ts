/** Times an operation in batches, so that the clock's own cost disappears. */
import type { Metrics } from './bench.js';

const warmUp = 0.1;

const at = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Nanoseconds of one call of `operation`: p50, p99 and max over the batches, and CPU time over all of them. */
export function timed(operation: () => void, batches: number, perBatch: number): Metrics {
  for (let i = 0; i < batches * perBatch * warmUp; i++) operation();
  const perCall = new Float64Array(batches);
  const cpuBefore = process.cpuUsage();
  for (let batch = 0; batch < batches; batch++) {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < perBatch; i++) operation();
    perCall[batch] = Number(process.hrtime.bigint() - begin) / perBatch;
  }
  const cpu = process.cpuUsage(cpuBefore);
  perCall.sort();
  return {
    'p50 ns': at(perCall, 0.5),
    'p99 ns': at(perCall, 0.99),
    'max ns': at(perCall, 1),
    'cpu ns': ((cpu.user + cpu.system) * 1000) / (batches * perBatch),
  };
}
