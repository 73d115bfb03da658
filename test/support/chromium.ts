/** Chromium without a window, by its DevTools protocol. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const program = process.env.OAVC_CHROMIUM ?? '/usr/bin/chromium';
export const chromiumMissing = existsSync(program) ? false : 'Chromium is not installed: apt-get install chromium';

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

export class Chromium {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #folder: string;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  readonly #listeners = new Set<(answer: Answer) => void>();
  #ids = 0;

  private constructor(child: ChildProcess, socket: WebSocket, folder: string) {
    this.#child = child;
    this.#socket = socket;
    this.#folder = folder;
    socket.on('message', (data: Buffer) => this.#received(JSON.parse(data.toString()) as Answer));
  }

  static async open(): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), 'oavc-chromium-'));
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
    const child = spawn(program, [...flags, '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const socket = new WebSocket(await debuggerAddress(child), { perMessageDeflate: false });
    await once(socket, 'open');
    return new Chromium(child, socket, folder);
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

  /** A command of the protocol; rejects with its reason. */
  send(method: string, params: Members = {}, sessionId?: string): Promise<Members> {
    this.#ids += 1;
    const id = this.#ids;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => {
      this.#pending.set(id, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result ?? {});
      });
    });
  }

  onEvent(listener: (event: Answer) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill();
    await gone;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #received(answer: Answer): void {
    if (answer.id === undefined) for (const listener of this.#listeners) listener(answer);
    else this.#pending.get(answer.id)?.(answer);
    if (answer.id !== undefined) this.#pending.delete(answer.id);
  }
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

async function debuggerAddress(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('Chromium has no stderr');
  for await (const line of createInterface({ input: child.stderr })) {
    const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    // Read on, or a full pipe would stop it.
    child.stderr.resume();
    return address;
  }
  throw new Error('Chromium did not start');
}
