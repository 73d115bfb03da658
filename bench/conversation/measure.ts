/** From what callers said and heard, and what the server told, to the figures of the bench. */
import type { EventLine } from '../../src/cli/event-lines.js';
import type { Metrics } from '../bench.js';
import type { Said } from './caller.js';
import { type Kind, script } from './script.js';
import { delays } from './server.js';

/** A turn that is answered later than this was answered too late. */
const lateMs = 1800;

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};
const differences = (said: readonly Said[], kinds: readonly Kind[], of: (each: Said) => number | undefined): number[] =>
  said.flatMap((each) => (kinds.includes(each.kind) ? (of(each) ?? []) : []));

const answered = (each: Said): number | undefined => each.answeredMs && each.answeredMs - each.toMs;
const silenced = (each: Said): number | undefined => each.silentMs && Math.max(0, each.silentMs - each.fromMs);

export function figures(said: readonly Said[], lines: readonly EventLine[], calls: number): Metrics {
  const response = differences(said, ['question', 'paused', 'interruption'], answered);
  const barge = differences(said, ['interruption'], silenced);
  const expected = calls * script.filter(({ kind }) => kind === 'interruption').length;
  const harmless = calls * script.filter(({ kind }) => kind === 'back-channel' || kind === 'noise').length;
  const cut = interruptions(lines);
  return {
    'response p50 ms': quantile(response, 0.5),
    'response p90 ms': quantile(response, 0.9),
    'barge-in onset to silence p50 ms': quantile(barge, 0.5),
    'barge-in onset to silence p95 ms': quantile(barge, 0.95),
    'false interruptions %': (100 * Math.max(0, cut - expected)) / harmless,
    'missed interruptions %': (100 * Math.max(0, expected - cut)) / expected,
    'turns cut off %': (100 * cutOff(lines, calls)) / (calls * script.filter(({ kind }) => kind === 'paused').length),
    'turns answered too late %': (100 * response.filter((ms) => ms > lateMs).length) / response.length,
    ...ledger(lines),
  };
}

function interruptions(lines: readonly EventLine[]): number {
  return lines.filter((line) => line.type === 'event' && line.event.type === 'bot-interrupted').length;
}

/** Turns more than the caller took: he was cut off in one. */
function cutOff(lines: readonly EventLine[], calls: number): number {
  const taken = lines.filter((line) => line.type === 'event' && line.event.type === 'user-turn-ended').length;
  const meant = script.filter(({ kind }) => kind === 'question' || kind === 'paused' || kind === 'interruption').length;
  return Math.max(0, taken - calls * meant);
}

const answeredRows = (lines: readonly EventLine[]) =>
  lines.flatMap((line) => (line.type === 'turn' && line.row.partsMs.ring_wait > 0 ? [line.row] : []));

/** What the ledger says of the answers. */
function ledger(lines: readonly EventLine[]): Metrics {
  const rows = answeredRows(lines);
  const waited = rows.map((row) => row.sumMs - row.partsMs.silence_wait);
  return {
    'silence wait p50 ms': quantile(
      rows.map((row) => row.partsMs.silence_wait),
      0.5,
    ),
    'answer without silence wait p50 ms': quantile(waited, 0.5),
    'answer without silence wait p90 ms': quantile(waited, 0.9),
  };
}

/** What neither the silence setting nor the scripted engines took; less than nothing where the answer was begun ahead. */
export function added(lines: readonly EventLine[]): Metrics {
  const own = answeredRows(lines).map((row) => {
    const words = firstSentence(lines, row.callId, row.turn).split(' ').length;
    return row.sumMs - row.partsMs.silence_wait - delays.firstTokenMs - delays.firstMs - words * delays.tokenMs;
  });
  return {
    'added by the connector p50 ms': quantile(own, 0.5),
    'added by the connector p90 ms': quantile(own, 0.9),
  };
}

function firstSentence(lines: readonly EventLine[], callId: string, turn: number): string {
  for (const line of lines) {
    if (line.type !== 'event' || line.event.type !== 'sentence') continue;
    if (line.event.callId === callId && line.event.turn === turn && line.event.index === 0) return line.event.text;
  }
  return '';
}
