/**
 * `--events-fd`: what happens in the server as JSON lines, for a parent process. Whoever reads too slowly loses
 * lines, counted in the next one that gets through; the server never waits.
 */
import { Socket } from 'node:net';
import type { TurnRow } from '../observer/ledger.js';
import type { CallSummary } from '../observer/summary.js';
import type { CallEvent } from '../pipeline/events.js';
import type { Listening, RunningServer } from '../serve.js';

/** A value as JSON carries it: nanoseconds become decimal text. */
export type Wire<T> = T extends bigint ? string : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;

export type EventLine =
  | { type: 'listening'; sip?: Listening; rtvi?: Listening }
  | { type: 'event'; event: Wire<CallEvent> }
  | { type: 'turn'; row: TurnRow }
  | { type: 'summary'; summary: CallSummary };

/** Bytes that may wait for the reader. */
const queueBytes = 4 * 1024 * 1024;

const toJson = (value: object): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));

/** Begins writing to `fd`, a pipe; `onReaderGone` is called when the other end was closed. Returns what ends it. */
export function openEventLines(fd: number, server: RunningServer, onReaderGone: () => void): () => void {
  const pipe = new Socket({ fd, readable: true, writable: true });
  let lost = 0;
  pipe.on('error', () => pipe.destroy());
  pipe.on('close', onReaderGone);
  pipe.resume();
  const write = (line: object) => {
    if (pipe.destroyed || pipe.writableLength > queueBytes) lost++;
    else pipe.write(`${toJson({ ...line, ...(lost > 0 && { lost }) })}\n`);
  };
  write({ type: 'listening', sip: server.sip, rtvi: server.rtvi });
  const ends = [
    server.tap.subscribe((event) => write({ type: 'event', event })),
    server.onTurn((row) => write({ type: 'turn', row })),
    server.onSummary((summary) => write({ type: 'summary', summary })),
  ];
  return () => {
    for (const end of ends) end();
    pipe.off('close', onReaderGone);
    pipe.end();
  };
}
