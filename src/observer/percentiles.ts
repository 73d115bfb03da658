/** Percentiles of the parts of the ledger over the answered turns of one call. */
import type { TurnRow } from './ledger.js';
import { mapParts, type PartsMs } from './parts.js';

export interface PartPercentiles {
  p50_parts_ms: PartsMs;
  p90_parts_ms: PartsMs;
  p50_sum_ms: number;
  p90_sum_ms: number;
}

/** The value below which so large a share of the values lies; 0 where there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return rounded(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
}

/** Undefined where no turn was answered. */
export function partPercentiles(rows: readonly TurnRow[]): PartPercentiles | undefined {
  const answered = rows.filter((row) => row.kind === 'answered');
  if (answered.length === 0) return undefined;
  const parts = (share: number): PartsMs =>
    mapParts((name) =>
      percentile(
        answered.map((row) => row.partsMs[name]),
        share,
      ),
    );
  const sums = answered.map((row) => row.sumMs);
  return {
    p50_parts_ms: parts(0.5),
    p90_parts_ms: parts(0.9),
    p50_sum_ms: percentile(sums, 0.5),
    p90_sum_ms: percentile(sums, 0.9),
  };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
