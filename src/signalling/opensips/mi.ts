/**
 * OpenSIPS management interface over datagrams (mi_datagram, JSON-RPC 2.0). UDP loses both ways, so no answer does not
 * mean that a command was not done: only commands that may be done twice are sent again.
 */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { fault, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import { readMiAnswer } from './mi-answer.js';

/** Commands that OpenSIPS may see twice without harm; `ua_session_update` and `_client_start` are not among them. */
const repeatable = new Set([
  'event_subscribe',
  'ua_session_reply',
  'ua_session_terminate',
  'ua_session_list',
  'subscribers_list',
  'version',
]);
const triesWithin = 3;
const pendingLimit = 4096;

export type MiParams = Readonly<Record<string, string | number>>;

interface Pending {
  method: string;
  datagram: string;
  triesLeft: number;
  waitMs: number;
  timer: NodeJS.Timeout;
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

export interface MiOptions {
  ip: string;
  port: number;
  /** Longest wait for an answer, repeats included. */
  timeoutMs: number;
  log: Log;
}

export class MiClient {
  readonly #pending = new Map<string, Pending>();
  /** Strings come back as sent; numbers would be cut to 31 bits. The prefix keeps an earlier run's answers apart. */
  readonly #prefix = randomBytes(4).toString('hex');
  #socket: Socket | undefined;
  #commands = 0;
  #strays = 0;

  constructor(readonly options: MiOptions) {}

  get pending(): number {
    return this.#pending.size;
  }

  /** Answers that nobody waited for, and text that was no answer. */
  get strays(): number {
    return this.#strays;
  }

  /** Our address as OpenSIPS sees it, and the address of its answers. */
  get addresses(): { local: string; remote: string } {
    const socket = this.#open();
    return { local: socket.address().address, remote: socket.remoteAddress().address };
  }

  /** Connects, so that only the peer's datagrams come in and a closed port is known at once; throws LISTEN_FAILED. */
  async open(): Promise<void> {
    const { ip, port } = this.options;
    const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve, reject) => {
      const failed = (thrown: unknown) => {
        socket.close();
        reject(fault('LISTEN_FAILED', 'the MI client', `${ip}:${port}`, reasonOf(thrown)));
      };
      socket.once('error', failed);
      socket.connect(port, ip, () => {
        socket.off('error', failed);
        resolve();
      });
    });
    // A refused datagram is a lost one: OpenSIPS restarts, and the timers below know what to do.
    socket.on('error', (thrown) => this.options.log.debug({ reason: reasonOf(thrown) }, 'MI datagram refused'));
    socket.on('message', (datagram) => this.#take(datagram.toString('utf8')));
    this.#socket = socket;
  }

  /** Runs a command; throws MI_ERROR with OpenSIPS's code, or MI_TIMEOUT. Parameters that are not used are left out. */
  async call(method: string, params: MiParams = {}): Promise<unknown> {
    if (this.#pending.size >= pendingLimit)
      throw fault('MI_ERROR', method, 503, `${pendingLimit} commands wait already`);
    const socket = this.#open();
    const id = `${this.#prefix}-${++this.#commands}`;
    const datagram = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    return new Promise((resolve, reject) => {
      const tries = repeatable.has(method) ? triesWithin : 1;
      const waitMs = this.options.timeoutMs / tries;
      const timer = setTimeout(() => this.#unanswered(id), waitMs);
      this.#pending.set(id, { method, datagram, triesLeft: tries - 1, waitMs, timer, resolve, reject });
      socket.send(datagram, () => undefined);
    });
  }

  #unanswered(id: string): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (pending.triesLeft === 0) return this.#fail(id, fault('MI_TIMEOUT', pending.method, this.options.timeoutMs));
    pending.triesLeft--;
    pending.timer = setTimeout(() => this.#unanswered(id), pending.waitMs);
    this.#send(pending.datagram);
  }

  #send(datagram: string): void {
    this.#open().send(datagram, () => undefined);
  }

  #open(): Socket {
    if (!this.#socket) throw fault('NOT_SUPPORTED', 'an MI command', 'the client is not open');
    return this.#socket;
  }

  #take(text: string): void {
    const answer = readMiAnswer(text);
    const id = answer?.id ?? this.#onlyOneWaiting();
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (!answer || !id || !pending) {
      this.#strays++;
      return;
    }
    if (answer.error) return this.#fail(id, fault('MI_ERROR', pending.method, answer.error.code, answer.error.message));
    this.#forget(id)?.resolve(answer.result);
  }

  /** Plain-text errors have no id: they belong to the only command that waits, or to nobody. */
  #onlyOneWaiting(): string | undefined {
    return this.#pending.size === 1 ? this.#pending.keys().next().value : undefined;
  }

  #fail(id: string, reason: unknown): void {
    this.#forget(id)?.reject(reason);
  }

  #forget(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    clearTimeout(pending?.timer);
    this.#pending.delete(id);
    return pending;
  }

  /** Whoever waits is told that no answer comes. */
  async close(): Promise<void> {
    for (const [id, { method }] of this.#pending) this.#fail(id, fault('MI_TIMEOUT', method, this.options.timeoutMs));
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) await new Promise<void>((resolve) => socket.close(resolve));
  }
}
