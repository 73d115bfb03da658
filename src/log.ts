/** The log: one JSON line an event on stderr, so that stdout stays for results. Never caller data, never secrets. */
import pino from 'pino';

export type Log = pino.Logger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Makes the root log of a thread; `role` names the thread in each line. */
export function openLog(role: string, level: LogLevel): Log {
  return pino(
    { level, base: { role }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}
