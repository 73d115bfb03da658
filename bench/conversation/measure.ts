/** From what callers said and heard, and what the server told, to the figures of the bench. */
import type { EventLine } from '../../src/cli/event-lines.js';
import type { CallEventType } from '../../src/pipeline/events.js';
import type { Metrics } from '../bench.js';
import type { Said } from './caller.js';
import type { Kind, Line } from './script.js';
import { delays } from './server.js';

/** A turn that is answered later than this was answered too late. */
const lateMs = 1800;
/** Words are judged within so much of their end; the caller says nothing else meanwhile. */
const judgedMs = 1400;

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};
const differences = (said: readonly Said[], kinds: readonly Kind[], of: (each: Said) => number | undefined): number[] =>
  said.flatMap((each) => (kinds.includes(each.kind) ? (of(each) ?? []) : []));

const answered = (each: Said): number | undefined => each.answeredMs && each.answeredMs - each.toMs;
/** Undefined where the bot had just ended by itself. */
const silenced = (each: Said): number | undefined =>
  each.silentMs && each.silentMs > each.fromMs ? each.silentMs - each.fromMs : undefined;

export function figures(
  said: readonly Said[],
  lines: readonly EventLine[],
  calls: number,
  script: readonly Line[],
): Metrics {
  const times = (...kinds: Kind[]): number => calls * script.filter(({ kind }) => kinds.includes(kind)).length;
  const response = differences(said, ['question', 'paused', 'interruption'], answered);
  const barge = differences(said, ['interruption'], silenced);
  const came = (type: 'bot-interrupted' | 'barge-in-suspected', ...kinds: Kind[]): number => {
    const told = timesOf(lines, type);
    const of = said.filter(({ kind }) => kinds.includes(kind));
    return (100 * of.filter((each) => told(each)).length) / of.length;
  };
  return {
    'response p50 ms': quantile(response, 0.5),
    'response p90 ms': quantile(response, 0.9),
    'barge-in onset to silence p50 ms': quantile(barge, 0.5),
    'barge-in onset to silence p95 ms': quantile(barge, 0.95),
    'false interruptions %': came('bot-interrupted', 'back-channel', 'noise'),
    'missed interruptions %': 100 - came('bot-interrupted', 'interruption'),
    'pauses for a noise %': came('barge-in-suspected', 'noise'),
    'turns cut off %': (100 * cutOff(lines, times('question', 'paused', 'interruption'))) / times('paused'),
    'turns answered too late %': (100 * response.filter((ms) => ms > lateMs).length) / response.length,
    ...ledger(lines),
  };
}

/** Whether the server told so of what was said, while it was said or soon after. */
function timesOf(lines: readonly EventLine[], type: CallEventType): (said: Said) => boolean {
  const times = lines.flatMap((line) => {
    if (line.type !== 'event' || line.event.type !== type) return [];
    return [{ callId: line.event.callId, atMs: Number(line.event.atNs) / 1e6 }];
  });
  return ({ callId, fromMs, toMs }) =>
    times.some((told) => told.callId === callId && told.atMs > fromMs && told.atMs < toMs + judgedMs);
}

/** Turns more than the caller took: he was cut off in one. */
function cutOff(lines: readonly EventLine[], meant: number): number {
  const taken = lines.filter((line) => line.type === 'event' && line.event.type === 'user-turn-ended').length;
  return Math.max(0, taken - meant);
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
    'answers begun ahead %': (100 * begunAhead(lines)) / rows.length,
  };
}

/** Answers that the model had begun before the turn was over. */
const begunAhead = (lines: readonly EventLine[]): number =>
  lines.filter((line) => line.type === 'event' && line.event.type === 'speculation' && line.event.useful).length;

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
