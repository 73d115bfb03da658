/** The server of the demo: `oavc serve` as a process of its own, and what it tells over its event pipe. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { EventLine } from '../cli/event-lines.js';
import { fault } from '../errors.js';

const mainFile = fileURLToPath(new URL('../main.js', import.meta.url));
const eventsFd = 3;

export type ListeningLine = Extract<EventLine, { type: 'listening' }>;

export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'close').then(() => undefined);
  }

  /** Starts `oavc serve`; resolves when it listens, rejects with WORKER_DIED when it ends before that. */
  static async start(
    configFile: string,
    onLine: (line: EventLine) => void,
  ): Promise<{ server: ServerProcess; listening: ListeningLine }> {
    const child = spawn(process.execPath, [mainFile, 'serve', '--config', configFile, '--events-fd', `${eventsFd}`], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
      // Not in our process group: Ctrl-C would reach it as well, and a second signal ends it at once. It ends when
      // its pipe closes, so it never outlives us.
      detached: true,
    });
    const server = new ServerProcess(child);
    const listening = await Promise.race([firstLine(child, onLine), server.#diedEarly()]);
    return { server, listening };
  }

  async #diedEarly(): Promise<never> {
    await this.#exited;
    const { exitCode, signalCode } = this.#child;
    throw fault('WORKER_DIED', 'server', exitCode === null ? `signal ${signalCode}` : `exit code ${exitCode}`);
  }

  /** 0 where it never started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when it has ended by itself. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }
}

/** The line that says where it listens; every line goes to `onLine`. */
function firstLine(child: ChildProcess, onLine: (line: EventLine) => void): Promise<ListeningLine> {
  const lines = createInterface({ input: child.stdio[eventsFd] as Readable });
  return new Promise((resolve) => {
    lines.on('line', (text) => {
      const line = JSON.parse(text) as EventLine;
      if (line.type === 'listening') resolve(line);
      onLine(line);
    });
  });
}
