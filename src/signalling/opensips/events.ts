/**
 * The event socket and its subscription. OpenSIPS sends each event once, from several ports, and forgets subscribers
 * when it restarts, without a word: so the socket is wide, the port of the sender counts for nothing, and the
 * subscription is renewed long before it ends.
 */
import { createSocket, type Socket } from 'node:dgram';
import { fault, OavcError, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import { readUaEvent, type UaEvent } from './event.js';
import type { MiClient } from './mi.js';

/** A burst of events must fit: what does not is lost for good. The kernel may give less. */
const receiveBufferBytes = 4 << 20;
/** Also how long a restart of OpenSIPS may go unnoticed. */
const longestRefreshMs = 20_000;
const retryMs = 2000;

export interface EventOptions {
  ip: string;
  /** 0 for any free one. */
  port: number;
  expireS: number;
  log: Log;
}

export interface EventHandlers {
  onEvent(event: UaEvent): void;
  /** The subscription was renewed; `returned` after OpenSIPS had not answered. */
  onRenewed(returned: boolean): void;
}

export class EventSubscription {
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #away = false;
  #refused = 0;

  constructor(
    readonly options: EventOptions,
    readonly mi: MiClient,
    readonly handlers: EventHandlers,
  ) {}

  /** Datagrams that were no event, or came from elsewhere. */
  get refused(): number {
    return this.#refused;
  }

  get address(): { address: string; port: number } {
    const { address, port } = this.#bound().address();
    const any = address === '0.0.0.0' || address === '::';
    return { address: any ? this.mi.addresses.local : address, port };
  }

  /** OpenSIPS did not answer the last time. */
  get away(): boolean {
    return this.#away;
  }

  /** Listens and subscribes, later where OpenSIPS is away; throws LISTEN_FAILED or MI_ERROR. */
  async open(): Promise<void> {
    this.#socket = await listen(this.options);
    this.#socket.on('message', (datagram, { address }) => this.#take(datagram, address));
    this.#socket.on('error', (thrown) => this.options.log.warn({ reason: reasonOf(thrown) }, 'event socket'));
    await this.#subscribe(this.options.expireS).catch((thrown: unknown) => this.#lost(thrown));
    this.#later(this.#away ? retryMs : this.#refreshMs);
  }

  /** No answer is waited out; a refusal at the start is a fault of the installation. */
  #lost(thrown: unknown): void {
    if (!(thrown instanceof OavcError && thrown.code === 'MI_TIMEOUT')) throw thrown;
    this.options.log.error({ reason: reasonOf(thrown) }, 'OpenSIPS is away');
    this.#away = true;
  }

  #bound(): Socket {
    if (!this.#socket) throw fault('NOT_SUPPORTED', 'the event address', 'the event socket is not open');
    return this.#socket;
  }

  #take(datagram: Buffer, from: string): void {
    const event = from === this.mi.addresses.remote ? readUaEvent(datagram) : undefined;
    if (event) this.handlers.onEvent(event);
    else this.#refused++;
  }

  /** The text of `socket` is the subscription's identity: the same each time, or every event would come twice. */
  #subscribe(expireS: number): Promise<unknown> {
    const { address, port } = this.address;
    return this.mi.call('event_subscribe', {
      event: 'E_UA_SESSION',
      socket: `udp:${address}:${port}`,
      expire: expireS,
    });
  }

  get #refreshMs(): number {
    return Math.min((this.options.expireS * 1000) / 3, longestRefreshMs);
  }

  #later(delayMs: number): void {
    this.#timer = setTimeout(() => void this.#refresh(), delayMs);
  }

  async #refresh(): Promise<void> {
    try {
      await this.#subscribe(this.options.expireS);
      const returned = this.#away;
      this.#away = false;
      if (!this.#socket) return;
      this.#later(this.#refreshMs);
      this.handlers.onRenewed(returned);
    } catch (thrown) {
      if (!this.#socket) return;
      if (!this.#away) this.options.log.error({ reason: reasonOf(thrown) }, 'OpenSIPS is away');
      this.#away = true;
      this.#later(retryMs);
    }
  }

  /** Unsubscribes, where OpenSIPS still answers, and gives the socket back. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (!socket) return;
    if (!this.#away) await this.#subscribe(0).catch(() => undefined);
    this.#socket = undefined;
    clearTimeout(this.#timer);
    await new Promise<void>((resolve) => socket.close(resolve));
  }
}

async function listen({ ip, port }: EventOptions): Promise<Socket> {
  const socket = createSocket({ type: ip.includes(':') ? 'udp6' : 'udp4', recvBufferSize: receiveBufferBytes });
  return new Promise((resolve, reject) => {
    socket.once('error', (thrown) => {
      socket.close();
      reject(fault('LISTEN_FAILED', 'the event socket', `${ip}:${port}`, reasonOf(thrown)));
    });
    socket.bind(port, ip, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
