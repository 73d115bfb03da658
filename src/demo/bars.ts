/** A turn of the ledger as a small bar chart: one line a part, and what the caller felt below it. */
import type { ReportTurn } from './report.js';

const width = 40;
const nameWidth = 16;

const milliseconds = (value: number): string => `${Math.round(value).toString().padStart(6)} ms`;
const line = (name: string, ms: number, bar: string): string => `  ${name.padEnd(nameWidth)}${milliseconds(ms)} ${bar}`;

/** Parts of nothing are left out; a part of anything has at least a thin bar. */
export function ledgerBars({ parts_ms: parts, sum_ms: sum, felt_ms: felt }: ReportTurn): string {
  if (parts === null || sum === null) return '  no answer, no ledger\n';
  const perMs = width / Math.max(1, ...Object.values(parts));
  const bars = Object.entries(parts)
    .filter(([, ms]) => ms >= 0.5)
    .map(([name, ms]) => line(name, ms, '▇'.repeat(Math.round(ms * perMs)) || '▏'));
  const sums = [line('sum', sum, ''), ...(felt === null ? [] : [line('felt by caller', felt, '')])];
  return `${[...bars, ...sums].map((each) => each.trimEnd()).join('\n')}\n`;
}
