/**
 * The published RTVI client libraries, unmodified, in Node: what a browser has and they ask for is stood in for, and
 * their microphone is one that does nothing. They are installed by `npm ci` in test/rtvi-clients.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

/** Folders of test/rtvi-clients: the releases of client-js, with the WebSocket transport of their time. */
export const releases = ['0.4', '1.0', '1.5', '1.13'] as const;
export type Release = (typeof releases)[number];

const folder = fileURLToPath(new URL('../../../test/rtvi-clients/', import.meta.url));
export const installed = existsSync(`${folder}0.4/node_modules`);

type Callbacks = Record<string, (data: unknown) => void>;
/** What is used of `PipecatClient` (1.x), and of `RTVIClient` (0.x) before it. */
export interface LibraryClient {
  initDevices(): Promise<void>;
  connect(parameters?: { wsUrl?: string; ws_url?: string }): Promise<unknown>;
  sendClientRequest(type: string, data: unknown): Promise<unknown>;
  sendText?(text: string): Promise<void> | void;
  getConfig(): Promise<unknown>;
  updateConfig(config: unknown): Promise<unknown>;
  action(action: unknown): Promise<unknown>;
}
interface Library {
  PipecatClient?: new (options: object) => LibraryClient;
  RTVIClient?: new (options: object) => LibraryClient;
}
interface Transports {
  WebSocketTransport: new (options?: object) => { _mediaManager?: unknown };
}

export interface LibraryWatcher {
  client: LibraryClient;
  /** True for 0.x: it asks by configuration and action messages. */
  old: boolean;
  /** What the callbacks were called with, in order. */
  heard: { callback: string; data: unknown }[];
  /** Resolves with the data of the first call, past or future, that fits. */
  called(callback: string, fits?: (data: Record<string, unknown>) => boolean): Promise<unknown>;
  connect(): Promise<unknown>;
  /** Closes the socket: without a microphone the libraries fail to do it themselves. */
  close(): void;
}

const names = [
  'BotReady',
  'UserStartedSpeaking',
  'UserStoppedSpeaking',
  'BotStartedSpeaking',
  'BotStoppedSpeaking',
  'UserTranscript',
  'BotTranscript',
  'BotTtsText',
  'BotLlmStarted',
  'BotLlmStopped',
  'BotLlmText',
  'BotOutput',
  'ServerMessage',
  'Metrics',
  'MessageError',
  'Error',
  'Config',
].map((name) => `on${name}`);

/** Opens a client of a release for the server at `address`, `host:port`. */
export function openLibrary(release: Release, address: string): LibraryWatcher {
  const sockets = standInForBrowser();
  const load = createRequire(`${folder}${release}/package.json`);
  const library = load('@pipecat-ai/client-js') as Library;
  const { WebSocketTransport } = load('@pipecat-ai/websocket-transport') as Transports;
  const old = library.PipecatClient === undefined;
  const transport = old ? new WebSocketTransport() : new WebSocketTransport({ mediaManager: noMedia() });
  // The releases before 1.1 take no media manager from outside.
  if (old || release === '1.0') transport._mediaManager = noMedia();
  const heard = new Heard();
  const Client = library.PipecatClient ?? library.RTVIClient;
  if (!Client) throw new Error(`client-js ${release} exports no client`);
  const client = new Client({
    transport,
    enableMic: false,
    enableCam: false,
    callbacks: heard.callbacks(),
    ...(old && { params: { baseUrl: `http://${address}`, endpoints: { connect: '/connect' } } }),
  });
  const connect = async () => {
    await client.initDevices();
    const url = `ws://${address}/rtvi`;
    if (old) return client.connect();
    return client.connect(release === '1.0' ? { ws_url: url } : { wsUrl: url });
  };
  const close = () => {
    for (const socket of sockets) socket.terminate();
  };
  return { client, old, heard: heard.calls, called: (callback, fits) => heard.wait(callback, fits), connect, close };
}

class Heard {
  readonly calls: { callback: string; data: unknown }[] = [];
  readonly #looks = new Set<() => void>();

  callbacks(): Callbacks {
    const record = (callback: string) => (data: unknown) => {
      this.calls.push({ callback, data });
      for (const look of this.#looks) look();
    };
    return Object.fromEntries(names.map((name) => [name, record(name)]));
  }

  wait(callback: string, fits: (data: Record<string, unknown>) => boolean = () => true): Promise<unknown> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.calls.find((call) => call.callback === callback && fits((call.data ?? {}) as never));
        if (!found) return;
        this.#looks.delete(look);
        resolve(found.data);
      };
      this.#looks.add(look);
      look();
    });
  }
}

const realInterval = setInterval;

/** Puts what the libraries expect of a browser where they look for it; returns the sockets opened from now on. */
function standInForBrowser(): WebSocket[] {
  const sockets: WebSocket[] = [];
  class BrowserSocket extends WebSocket {
    constructor(address: string) {
      super(address);
      Object.assign(this, { binaryType: 'blob' });
      sockets.push(this);
    }
  }
  const navigator = {
    userAgent: 'node',
    mediaDevices: { addEventListener: () => undefined, enumerateDevices: () => Promise.resolve([]) },
  };
  const absent = {
    window: globalThis,
    document: { createElement: () => ({}), addEventListener: () => undefined },
    location: { href: 'http://127.0.0.1/' },
    addEventListener: () => undefined,
    localStorage: { getItem: () => null, setItem: () => undefined },
    navigator,
  };
  for (const [name, value] of Object.entries(absent))
    if (!(name in globalThis)) Object.assign(globalThis, { [name]: value });
  // The libraries leave intervals behind, which end with the page; here they must not keep the process.
  const interval = (work: () => void, ms: number) => realInterval(work, ms).unref();
  Object.assign(globalThis, { WebSocket: BrowserSocket, setInterval: interval });
  return sockets;
}

/** A media manager that has no devices: whatever is called on it succeeds and does nothing. */
function noMedia(): object {
  const flags = new Set(['isMicEnabled', 'isCamEnabled', 'isSharingScreen', 'supportsScreenShare']);
  const asked = (name: string): unknown => {
    if (name === 'then') return undefined;
    if (name === 'tracks') return () => ({});
    if (flags.has(name)) return false;
    return name.startsWith('getAll') ? () => Promise.resolve([]) : () => Promise.resolve();
  };
  return new Proxy<Record<string, unknown>>(
    {},
    { get: (kept, name) => (typeof name === 'string' ? (kept[name] ?? asked(name)) : undefined) },
  );
}
