/** A server with calls to watch, and clients over real sockets. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { monotonicNs } from '../../src/clock.js';
import { openLog } from '../../src/log.js';
import { prometheusText } from '../../src/observer/export.js';
import { Observer } from '../../src/observer/observer.js';
import { Tap } from '../../src/observer/tap.js';
import { decodeFrame, encodeMessageFrame } from '../../src/rtvi/protobuf.js';
import { type RtviServer, type RtviServerOptions, startRtviServer } from '../../src/server/http.js';
import { RecordedCalls } from './recorded-call.js';

export const log = openLog('test', 'silent');
const config = {
  ip: '127.0.0.1',
  port: 0,
  token: '',
  watch_token: '',
  steer_token: '',
  max_clients: 64,
  queue_kb: 1024,
  linger_s: 60,
  origins: '',
  supervisor_audio: false,
  watch_function_calls: 'name' as const,
  dashboard: false,
};

export interface Desk {
  server: RtviServer;
  calls: RecordedCalls;
  observer: Observer;
  tap: Tap;
  http: string;
  /** Opens a client; it is closed with the test. */
  open(query?: string, form?: 'text' | 'protobuf', headers?: Record<string, string>): Promise<Client>;
  /** Opens a client and takes it through its handshake; `version` absent for 0.x. */
  ready(version?: string, query?: string, form?: 'text' | 'protobuf'): Promise<Client>;
}

type DeskOptions = Partial<Omit<RtviServerOptions, 'config'>> & { config?: Partial<RtviServerOptions['config']> };

export async function openDesk(context: TestContext, options: DeskOptions = {}): Promise<Desk> {
  const tap = new Tap(log);
  const observer = new Observer({ tap, log, rtviEnabled: true });
  const calls = new RecordedCalls((event) => tap.publish(event));
  const server = await startRtviServer({
    directory: calls,
    feed: observer,
    metrics: () => prometheusText(observer.totals(monotonicNs())),
    readiness: () => ({ ready: true, reasons: [] }),
    log,
    ...options,
    config: { ...config, ...options.config },
  });
  context.after(() => server.close());
  const open: Desk['open'] = async (query = '', form = 'text', headers = {}) => {
    const client = new Client(new WebSocket(`ws://127.0.0.1:${server.port}/rtvi${query}`, { headers }), form);
    context.after(() => client.socket.terminate());
    await client.opened;
    return client;
  };
  const ready: Desk['ready'] = async (version, query, form) => {
    const client = await open(query, form);
    client.send('client-ready', version === undefined ? {} : { version, about: { library: 'test' } }, 'ready');
    await client.next((message) => message.type === 'bot-ready');
    return client;
  };
  return { server, calls, observer, tap, http: `http://127.0.0.1:${server.port}`, open, ready };
}

export interface Message {
  label: string;
  type: string;
  id?: string;
  data?: Record<string, unknown>;
}

/** Longest wait for a message: a test that waits for one that does not come must fail. */
const patienceMs = 5000;

export class Client {
  readonly messages: Message[] = [];
  readonly opened: Promise<void>;
  /** Whether each message came as a binary one. */
  readonly binary: boolean[] = [];
  #read = 0;
  readonly #closed: Promise<{ code: number; reason: string }>;
  #wake: () => void = () => undefined;
  #fail: (why: string) => void = () => undefined;
  #ids = 0;

  constructor(
    readonly socket: WebSocket,
    readonly form: 'text' | 'protobuf',
  ) {
    this.opened = new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    this.#closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#fail('the connection was closed');
      });
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#received(data, isBinary));
  }

  /** How the connection was closed; rejects when it stays open. */
  get closed(): Promise<{ code: number; reason: string }> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the connection stays open')), patienceMs);
      void this.#closed.then(resolve).finally(() => clearTimeout(timer));
    });
  }

  /** Sends a message; returns its id. */
  send(type: string, data?: unknown, id = `id-${++this.#ids}`): string {
    this.raw(JSON.stringify({ label: 'rtvi-ai', type, id, data }));
    return id;
  }

  raw(text: string): void {
    this.socket.send(this.form === 'text' ? text : encodeMessageFrame(text));
  }

  /** The next message that fits, in order; those before it are passed over. */
  async next(fits: (message: Message) => boolean): Promise<Message> {
    const timeout = AbortSignal.timeout(patienceMs);
    for (;;) {
      const message = this.messages[this.#read];
      if (message) this.#read += 1;
      else await this.#more(timeout);
      if (message && fits(message)) return message;
    }
  }

  /** Sends a request and takes its answer. */
  async ask(type: string, data?: unknown): Promise<Message> {
    const id = this.send(type, data);
    return this.next((message) => message.id === id);
  }

  /** The 1.x way of asking; returns `d`, or the message when it was refused. */
  async askNew(t: string, d?: unknown): Promise<Record<string, unknown> | Message> {
    const answer = await this.ask('client-message', { t, d });
    if (answer.type !== 'server-response') return answer;
    assert.equal(answer.data?.t, t);
    return answer.data?.d as Record<string, unknown>;
  }

  /** A server message of that name. */
  async told(name: string): Promise<Record<string, unknown>> {
    const message = await this.next(({ type, data }) => type === 'server-message' && data?.type === name);
    return message.data ?? {};
  }

  /** All messages up to the answer of a request made now: everything the server had to say so far. */
  async drain(): Promise<Message[]> {
    const from = this.#read;
    await this.ask('describe-config', {});
    return this.messages.slice(from, this.#read - 1);
  }

  #received(data: Buffer, isBinary: boolean): void {
    this.binary.push(isBinary);
    this.messages.push(JSON.parse(isBinary ? frameText(data) : data.toString()) as Message);
    this.#wake();
  }

  #more(timeout: AbortSignal): Promise<void> {
    const last = JSON.stringify(this.messages.slice(-5)).slice(0, 2000);
    return new Promise((resolve, reject) => {
      this.#wake = resolve;
      const fail = (why: string) => reject(new Error(`${why}; last messages: ${last}`));
      this.#fail = fail;
      timeout.addEventListener('abort', () => fail('the message did not come'), { once: true });
      if (this.socket.readyState === WebSocket.CLOSED) this.#fail('the connection was closed');
    });
  }
}

function frameText(data: Buffer): string {
  const frame = decodeFrame(data);
  assert.equal(frame.kind, 'message');
  return frame.kind === 'message' ? frame.text : '';
}
