/** The real `oavc serve` with scripted engines as a process of its own, and what it tells on its events pipe. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { EventLine } from '../../src/cli/event-lines.js';

export const mainFile = fileURLToPath(new URL('../../src/main.js', import.meta.url));
export const scripted = ['--stt', 'scripted', '--llm', 'scripted', '--tts', 'scripted', '--log-level', 'warn'];

/** `home` is where it may write. */
export const servedEnv = (home: string) => ({ PATH: process.env.PATH ?? '', HOME: home });

type LineOf<T extends EventLine['type']> = Extract<EventLine, { type: T }>;

export interface Served {
  child: ChildProcess;
  /** Of its own SIP; 0 without. */
  port: number;
  rtviPort: number;
  lines: EventLine[];
  /** Resolves with the first line of this type that fits, past or future. */
  line<T extends EventLine['type']>(type: T, fits?: (line: LineOf<T>) => boolean): Promise<LineOf<T>>;
}

/** Resolves when it listens. */
export async function served(home: string, args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [mainFile, 'serve', ...scripted, '--events-fd', '3', ...args], {
    env: servedEnv(home),
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const reader = createInterface({ input: child.stdio[3] as Readable });
  const lines: EventLine[] = [];
  reader.on('line', (text) => {
    lines.push(JSON.parse(text));
    reader.emit('told');
  });
  const line: Served['line'] = async (type, fits = () => true) => {
    for (;;) {
      const found = lines.find((each): each is LineOf<typeof type> => each.type === type && fits(each as never));
      if (found) return found;
      await once(reader, 'told');
    }
  };
  const { sip, rtvi } = await line('listening');
  return { child, port: sip?.port ?? 0, rtviPort: rtvi?.port ?? 0, lines, line };
}

/** Its exit code. */
export async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, 'close');
  return code;
}
