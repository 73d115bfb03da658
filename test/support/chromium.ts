/**
 * Chromium without a window, by its DevTools protocol over a pipe: it ends when the pipe does, so that nothing of it
 * outlives this process, however that ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const program = process.env.OAVC_CHROMIUM ?? '/usr/bin/chromium';
export const chromiumMissing = existsSync(program) ? false : 'Chromium is not installed: apt-get install chromium';

const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  // A microphone that beeps, without a question.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--remote-debugging-pipe',
];

type Members = Record<string, unknown>;
interface Answer {
  id?: number;
  method?: string;
  sessionId?: string;
  params?: Members;
  result?: Members;
  error?: { message: string };
}

export interface PageOptions {
  width?: number;
  height?: number;
  dark?: boolean;
  language?: string;
}

interface Pending {
  resolve(answer: Answer): void;
  reject(why: Error): void;
}

export class Chromium {
  readonly #child: ChildProcess;
  readonly #commands: Writable;
  readonly #folder = mkdtempSync(join(tmpdir(), 'oavc-chromium-'));
  readonly #gone: Promise<unknown>;
  readonly #killed = () => this.#kill();
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(answer: Answer) => void>();
  #ids = 0;

  private constructor() {
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] as const;
    // A group of its own, so that its children can be ended with it.
    this.#child = spawn(program, [...flags, `--user-data-dir=${this.#folder}`, 'about:blank'], {
      stdio: [...stdio],
      detached: true,
    });
    this.#commands = this.#child.stdio[3] as Writable;
    this.#commands.on('error', () => undefined);
    this.#gone = once(this.#child, 'exit').finally(() => this.#abandon());
    process.once('exit', this.#killed);
    readMessages(this.#child.stdio[4] as Readable, (text) => this.#received(JSON.parse(text) as Answer));
  }

  static async open(): Promise<Chromium> {
    const chromium = new Chromium();
    await chromium.send('Browser.getVersion');
    return chromium;
  }

  async page(
    address: string,
    { width = 1280, height = 900, dark = false, language = 'en' }: PageOptions = {},
  ): Promise<Page> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId as string);
    await page.begin();
    await page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
    await page.send('Emulation.setEmulatedMedia', { features });
    const { userAgent } = await this.send('Browser.getVersion');
    await page.send('Emulation.setUserAgentOverride', { userAgent, acceptLanguage: language });
    await page.send('Page.navigate', { url: address });
    return page;
  }

  /** A command of the protocol; rejects with its reason, or when Chromium has gone. */
  async send(method: string, params: Members = {}, sessionId?: string): Promise<Members> {
    this.#ids += 1;
    const id = this.#ids;
    const answered = new Promise<Answer>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#commands.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result = {}, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  onEvent(listener: (event: Answer) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    process.off('exit', this.#killed);
    this.#kill();
    await this.#gone;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** With all that it has started. */
  #kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }

  /** Nobody will be answered any more. */
  #abandon(): void {
    for (const { reject } of this.#pending.values()) reject(new Error('Chromium has gone'));
    this.#pending.clear();
  }

  #received(answer: Answer): void {
    if (answer.id === undefined) for (const listener of this.#listeners) listener(answer);
    else this.#pending.get(answer.id)?.resolve(answer);
    if (answer.id !== undefined) this.#pending.delete(answer.id);
  }
}

/** Messages of the pipe end with a zero byte. */
function readMessages(pipe: Readable, take: (text: string) => void): void {
  let rest = '';
  pipe.setEncoding('utf8');
  pipe.on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) take(message);
  });
}

export class Page {
  /** What the page wrote to the console as warnings or errors, and what it threw. */
  readonly complaints: string[] = [];

  constructor(
    readonly chromium: Chromium,
    readonly sessionId: string,
  ) {}

  async begin(): Promise<void> {
    this.chromium.onEvent((event) => this.#noteComplaint(event));
    for (const domain of ['Page', 'Runtime', 'Log']) await this.send(`${domain}.enable`);
  }

  send(method: string, params: Members = {}): Promise<Members> {
    return this.chromium.send(method, params, this.sessionId);
  }

  /** The value of an expression, or of the promise that it gives. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = answer as { result: { value: T }; exceptionDetails?: { exception?: Members } };
    if (exceptionDetails) throw new Error(String(exceptionDetails.exception?.description ?? expression));
    return result.value;
  }

  /** Resolves with the value of the expression as soon as there is one. */
  until<T>(expression: string): Promise<T> {
    return this.evaluate<T>(`new Promise((resolve) => {
      const look = () => { const found = (() => { try { return ${expression}; } catch { return undefined; } })();
        if (found) resolve(found); else setTimeout(look, 20); };
      look();
    })`);
  }

  async screenshot(file: string): Promise<void> {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: false });
    writeFileSync(file, Buffer.from(data as string, 'base64'));
  }

  #noteComplaint({ sessionId, method, params = {} }: Answer): void {
    if (sessionId !== this.sessionId) return;
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded')
      this.complaints.push(JSON.stringify(params));
    if (method === 'Runtime.consoleAPICalled' && params.type !== 'log' && params.type !== 'debug')
      this.complaints.push(JSON.stringify(params.args));
  }
}
