/** The demo's report, and whether it went well. Pure: from what the caller measured and what the server told. */
import type { Exchange } from '../caller/conversation.js';
import type { TurnRow } from '../observer/ledger.js';
import type { PartsMs } from '../observer/parts.js';
import type { CallSummary } from '../observer/summary.js';
import type { Question } from './script.js';
import { wordErrorRate } from './word-error.js';

/** One question as `--report` writes it; milliseconds. */
export interface ReportTurn {
  turn: number | null;
  /** What the caller said. */
  asked: string;
  /** What the recogniser understood. */
  heard: string;
  word_error_rate: number;
  /** What the bot answered, as far as the caller heard it where it was interrupted. */
  said: string;
  /** The caller cut this answer off. */
  interrupted: boolean;
  parts_ms: PartsMs | null;
  sum_ms: number | null;
  /** From the caller's last voiced packet to the first voiced packet of the answer, measured by the caller. */
  felt_ms: number | null;
}

export interface DemoReport {
  turns: ReportTurn[];
  summary: CallSummary | null;
  recording: string;
}

/** What was observed of one question: the rows of the turns that it became, in order. */
export interface Observed {
  question: Question;
  exchange: Exchange | undefined;
  rows: readonly TurnRow[];
}

/** A question may have become several turns when the caller paused in it; the last one was answered. */
export function reportTurn({ question, exchange, rows }: Observed, language: string): ReportTurn {
  const heard = rows.map(({ asked }) => asked).join(' ');
  const last = rows.at(-1);
  return {
    turn: last?.turn ?? null,
    asked: question.text,
    heard,
    word_error_rate: rounded(wordErrorRate(question.text, heard, language)),
    said: (last?.interrupted ? last.heard : last?.said) ?? '',
    interrupted: last?.interrupted ?? false,
    parts_ms: last?.partsMs ?? null,
    sum_ms: last ? rounded(last.sumMs) : null,
    felt_ms: exchange?.feltMs === undefined ? null : rounded(exchange.feltMs),
  };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Most words of a question that may be misheard. */
export const wordErrorLimit = 0.2;

/** What went wrong; empty when every question was heard and answered, and the interrupting one cut the bot off. */
export function shortcomings(turns: readonly ReportTurn[], questions: readonly Question[]): string[] {
  return turns.flatMap((turn, index) => {
    const found: string[] = [];
    if (turn.word_error_rate > wordErrorLimit) found.push(`"${turn.asked}" was heard as "${turn.heard}"`);
    if (turn.felt_ms === null || turn.sum_ms === null) found.push(`"${turn.asked}" was not answered`);
    if (questions[index + 1]?.interrupts && !turn.interrupted)
      found.push(`the answer to "${turn.asked}" was not cut off`);
    return found;
  });
}
