/** The connection to the server: it is made again when it is lost, and asks for a token when one is needed. */
import { LogLevel, PipecatClient, type RTVIMessage } from '@pipecat-ai/client-js';
import { type Closing, WatchTransport } from './transport';

export type ConnectionState = 'connecting' | 'connected' | 'waiting' | 'refused';

export interface ConnectionHandlers {
  onMessage(message: RTVIMessage): void;
  onState(state: ConnectionState): void;
}

const tokenKey = 'token';
/** The token is not valid: no use in trying again with it. */
const refusedToken = 4003;
const longestDelayMs = 10_000;

export class Connection {
  readonly #handlers: ConnectionHandlers;
  #client: PipecatClient | undefined;
  #delayMs = 500;

  constructor(handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    takeTokenFromAddress();
  }

  async open(): Promise<void> {
    this.#handlers.onState('connecting');
    const transport = new WatchTransport({
      onMessage: (message) => this.#handlers.onMessage(message),
      onClosed: (closing) => this.#closed(closing),
    });
    const client = new PipecatClient({ transport, enableMic: false });
    client.setLogLevel(LogLevel.ERROR);
    this.#client = client;
    try {
      await client.connect({ wsUrl: socketAddress() });
      this.#delayMs = 500;
      this.#handlers.onState('connected');
    } catch {
      // `onClosed` says what becomes of it.
    }
  }

  /** Uses another token from now on. */
  useToken(token: string): void {
    sessionStorage.setItem(tokenKey, token);
    void this.open();
  }

  /** A request; rejects with the server's reason. */
  async request(type: string, data: unknown = {}): Promise<unknown> {
    try {
      return await this.#ready().sendClientRequest(type, data);
    } catch (refusal) {
      throw new Error(reasonOf(refusal));
    }
  }

  action(service: string, action: string, named: Record<string, unknown> = {}): Promise<unknown> {
    const list = Object.entries(named).map(([name, value]) => ({ name, value }));
    return this.request('action', { service, action, arguments: list });
  }

  /** Answers a text as if the caller had said it. */
  sendText(text: string): void {
    void this.#ready().sendText(text, { run_immediately: true, audio_response: true });
  }

  #ready(): PipecatClient {
    if (this.#client?.state !== 'ready') throw new Error('not connected');
    return this.#client;
  }

  #closed({ code }: Closing): void {
    if (code === refusedToken) return this.#handlers.onState('refused');
    this.#handlers.onState('waiting');
    setTimeout(() => void this.open(), this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, longestDelayMs);
  }
}

/** `#token=...` in a link: kept for this tab, and taken out of the address bar. */
function takeTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get(tokenKey);
  if (token === null) return;
  sessionStorage.setItem(tokenKey, token);
  history.replaceState(null, '', location.pathname);
}

/** A browser cannot set headers on a WebSocket: the token goes into the query. */
function socketAddress(): string {
  const address = new URL('/rtvi', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  const token = sessionStorage.getItem(tokenKey);
  if (token) address.searchParams.set('token', token);
  return address.href;
}

function reasonOf(refusal: unknown): string {
  if (refusal instanceof Error) return refusal.message;
  const { data } = refusal as { data?: { error?: string } };
  return data?.error ?? String(refusal);
}
