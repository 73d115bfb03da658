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
    'turns cut off %': (100 * cutOff(lines)) / (calls * script.filter(({ kind }) => kind === 'paused').length),
    'turns answered too late %': (100 * response.filter((ms) => ms > lateMs).length) / response.length,
    ...ledger(lines),
  };
}

function interruptions(lines: readonly EventLine[]): number {
  return lines.filter((line) => line.type === 'event' && line.event.type === 'bot-interrupted').length;
}

/** Turns that were taken before the caller had said it all. */
function cutOff(lines: readonly EventLine[]): number {
  const firstParts = new Set(script.filter(({ kind }) => kind === 'paused').map(({ text }) => text.split(' /')[0]));
  return lines.filter(
    (line) => line.type === 'event' && line.event.type === 'user-turn-ended' && firstParts.has(line.event.text),
  ).length;
}

/** What the parts of the ledger say: with real engines all but the silence, with scripted ones what is not theirs. */
function ledger(lines: readonly EventLine[]): Metrics {
  const rows = lines.flatMap((line) => (line.type === 'turn' && line.row.partsMs.ring_wait > 0 ? [line.row] : []));
  const waited = rows.map((row) => row.sumMs - row.partsMs.silence_wait);
  const own = rows.map((row) => {
    const words = firstSentence(lines, row.callId, row.turn).split(' ').length;
    return row.sumMs - row.partsMs.silence_wait - delays.firstTokenMs - delays.firstMs - words * delays.tokenMs;
  });
  return {
    'silence wait p50 ms': quantile(
      rows.map((row) => row.partsMs.silence_wait),
      0.5,
    ),
    'answer without silence wait p50 ms': quantile(waited, 0.5),
    'answer without silence wait p90 ms': quantile(waited, 0.9),
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
