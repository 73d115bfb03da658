/**
 * The published RTVI client libraries, unmodified, in Node. They are installed by `npm ci` in test/rtvi-clients: one
 * folder for each release, with the WebSocket transport of its time where there is one.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { WebSocket } from 'ws';
import { noMedia, standInForBrowser } from './browser-stand-in.js';
import { type TransportClass, textTransport } from './text-transport.js';

interface ReleaseFacts {
  package: 'realtime-ai' | '@pipecat-ai/client-js';
  /** True for 0.x: it asks by configuration and action messages. */
  old: boolean;
  /** The version that `bot-ready` tells it. */
  told: string;
  /** How `connect()` is given the address; the old ones ask `POST /connect` for it. */
  address?: 'ws_url' | 'wsUrl';
}

const facts = {
  'realtime-0.1': { package: 'realtime-ai', old: true, told: '0.3.0' },
  'realtime-0.2': { package: 'realtime-ai', old: true, told: '0.3.0' },
  '0.3': { package: '@pipecat-ai/client-js', old: true, told: '0.3.0' },
  '0.4': { package: '@pipecat-ai/client-js', old: true, told: '0.3.0' },
  '1.0': { package: '@pipecat-ai/client-js', old: false, told: '1.0.0', address: 'ws_url' },
  '1.5': { package: '@pipecat-ai/client-js', old: false, told: '1.0.0', address: 'wsUrl' },
  '1.10': { package: '@pipecat-ai/client-js', old: false, told: '1.4.0', address: 'wsUrl' },
  '1.13': { package: '@pipecat-ai/client-js', old: false, told: '2.2.0', address: 'wsUrl' },
} as const satisfies Record<string, ReleaseFacts>;

export type Release = keyof typeof facts;
export const releases = Object.keys(facts) as Release[];
export const factsOf = (release: Release): ReleaseFacts => facts[release];

const folder = fileURLToPath(new URL('../../../test/rtvi-clients/', import.meta.url));
export const installed = existsSync(`${folder}node_modules/realtime-ai`);

type Callbacks = Record<string, (data: unknown) => void>;
/** What is used of `PipecatClient` (1.x), of `RTVIClient` (0.2 on), and of `VoiceClient` (0.1) before them. */
export interface LibraryClient {
  initDevices(): Promise<void>;
  connect(parameters?: Record<string, string>): Promise<unknown>;
  start?(): Promise<unknown>;
  disconnect(): Promise<void>;
  sendClientRequest(type: string, data: unknown): Promise<unknown>;
  sendText?(text: string): Promise<void> | void;
  updateConfig(config: unknown): Promise<unknown>;
  describeActions(): Promise<unknown>;
  action(action: unknown): Promise<unknown>;
}
type ClientClass = new (options: object) => LibraryClient;
interface Library {
  PipecatClient?: ClientClass;
  RTVIClient?: ClientClass;
  VoiceClient?: ClientClass;
  Transport: TransportClass;
}
interface Transports {
  WebSocketTransport: new (options?: object) => { _mediaManager?: unknown };
}

export interface LibraryWatcher {
  client: LibraryClient;
  /** What the callbacks were called with, in order. */
  heard: { callback: string; data: unknown }[];
  /** Resolves with the data of the first call, past or future, that fits. */
  called(callback: string, fits?: (data: Record<string, unknown>) => boolean): Promise<unknown>;
  connect(): Promise<unknown>;
  /** Resolves when the library's socket is closed. */
  disconnect(): Promise<void>;
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
  'GenericMessage',
  'Metrics',
  'MessageError',
  'Error',
  'Config',
].map((name) => `on${name}`);

/** Opens a client of a release for the server at `address`, `host:port`. */
export function openLibrary(release: Release, address: string): LibraryWatcher {
  const known = factsOf(release);
  const sockets = standInForBrowser();
  const load = createRequire(`${folder}${release}/package.json`);
  const library = load(known.package) as Library;
  const heard = new Heard();
  const Client = library.PipecatClient ?? library.RTVIClient ?? library.VoiceClient;
  if (!Client) throw new Error(`${release} exports no client`);
  const base = `http://${address}`;
  const client = new Client({
    transport: transportOf(release, library, load, sockets),
    enableMic: false,
    enableCam: false,
    callbacks: heard.callbacks(),
    // 0.1 posts to the base itself, and wants to know which services there are.
    ...(library.VoiceClient && { baseUrl: `${base}/connect`, services: { llm: 'llama' } }),
    ...(known.old && { params: { baseUrl: base, endpoints: { connect: '/connect' } } }),
  });
  return {
    client,
    heard: heard.calls,
    called: (callback, fits) => heard.wait(callback, fits),
    connect: () => connect(client, known, address),
    disconnect: () => disconnect(client, sockets),
  };
}

/** An instance, but for 0.1, which makes its own of the class. */
function transportOf(release: Release, library: Library, load: NodeJS.Require, sockets: WebSocket[]): unknown {
  if (library.VoiceClient) return textTransport(library.Transport, sockets);
  if (release === 'realtime-0.2' || release === '0.3') return new (textTransport(library.Transport, sockets))();
  const { WebSocketTransport } = load('@pipecat-ai/websocket-transport') as Transports;
  if (release !== '0.4' && release !== '1.0') return new WebSocketTransport({ mediaManager: noMedia() });
  // These take no media manager from outside.
  const transport = new WebSocketTransport();
  transport._mediaManager = noMedia();
  return transport;
}

async function connect(client: LibraryClient, known: ReleaseFacts, address: string): Promise<unknown> {
  await client.initDevices();
  if (client.start) return client.start();
  return known.address ? client.connect({ [known.address]: `ws://${address}/rtvi` }) : client.connect();
}

async function disconnect(client: LibraryClient, sockets: readonly WebSocket[]): Promise<void> {
  const closed = sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  await client.disconnect();
  await Promise.all(closed);
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
