/**
 * TCP connections of SIP: each is used for both directions as long as it stands (RFC 3261, 18.1.1 and 18.2.2). How
 * many there are, for how long they may be idle and how slowly they may speak is bounded.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { reasonOf } from '../../errors.js';
import { type Frame, Framer } from './framing.js';
import { isAny } from './local-address.js';
import { cannotListen, type Peer, type TransportHandlers } from './peer.js';

const maxConnections = 1024;
const maxConnectionsOfOne = 128;
/** Nothing came and nothing went: peers that want to stay send CRLFs (RFC 5626, 4.4.1: every two minutes). */
const idleMs = 600_000;
/** From the first octet of a message, or from the beginning, to the end of the message. */
const messageMs = 10_000;
/** What a peer may leave unread. */
const maxUnreadBytes = 262_144;
const flushMs = 500;

const keyOf = ({ ip, port }: { ip: string; port: number }): string => `${ip} ${port}`;

export class TcpTransport {
  readonly #server: Server;
  readonly #connections = new Map<string, Connection>();
  #closed = false;

  constructor(
    readonly ip: string,
    readonly handlers: TransportHandlers,
  ) {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get size(): number {
    return this.#connections.size;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(cannotListen(this.ip, port, reasonOf(error))));
      this.#server.listen({ port, host: this.ip, ipv6Only: true }, resolve);
    });
    this.#server.removeAllListeners('error').on('error', () => undefined);
  }

  #accept(socket: Socket): void {
    const { remoteAddress: ip = '', remotePort: port = 0 } = socket;
    const ofThis = [...this.#connections.values()].filter(({ peer }) => peer.ip === ip).length;
    const full = this.#connections.size >= maxConnections || ofThis >= maxConnectionsOfOne;
    if (full || this.#closed || !this.handlers.reads(ip)) socket.destroy();
    else this.#adopt(socket, { transport: 'TCP', ip, port }).watch();
  }

  #adopt(socket: Socket, peer: Peer): Connection {
    const key = keyOf(peer);
    const connection = new Connection(socket, peer, this.handlers);
    this.#connections.set(key, connection);
    socket.once('close', () => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
    });
    return connection;
  }

  /** Over the connection that stands, else over a new one. */
  send(text: string, peer: Peer, onFailed: () => void): void {
    const target = { ip: peer.ip, port: peer.listensAt ?? peer.port };
    const standing = this.#connections.get(keyOf(peer)) ?? this.#connections.get(keyOf(target));
    if (standing) return standing.send(text, onFailed);
    if (this.#closed || this.#connections.size >= maxConnections) return queueMicrotask(onFailed);
    const socket = connect({ host: target.ip, port: target.port, ...this.#from });
    this.#adopt(socket, { transport: 'TCP', ...target }).send(text, onFailed);
  }

  get #from(): { localAddress?: string } {
    return isAny(this.ip) ? {} : { localAddress: this.ip };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const connection of this.#connections.values()) connection.close();
    await new Promise<void>((resolve) => (this.#server.listening ? this.#server.close(() => resolve()) : resolve()));
  }
}

class Connection {
  readonly #framer = new Framer();
  #deadline: NodeJS.Timeout | undefined;

  constructor(
    readonly socket: Socket,
    readonly peer: Peer,
    readonly handlers: TransportHandlers,
  ) {
    socket.setNoDelay(true).setKeepAlive(true, 60_000).setTimeout(idleMs);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('timeout', () => socket.destroy());
    socket.once('close', () => clearTimeout(this.#deadline));
  }

  /** Whoever connects says something, and whoever begins a message ends it, in time. */
  watch(): void {
    this.#deadline ??= setTimeout(() => this.socket.destroy(), messageMs);
  }

  #take(chunk: Buffer): void {
    const frames = this.#frames(chunk);
    if (frames.length > 0) {
      clearTimeout(this.#deadline);
      this.#deadline = undefined;
    }
    for (const frame of frames) {
      if (frame.kind === 'ping') this.socket.write('\r\n');
      else if (this.handlers.reads(this.peer.ip)) this.handlers.onMessage(frame.bytes, this.peer);
    }
    if (this.#framer.partial) this.watch();
  }

  #frames(chunk: Buffer): Frame[] {
    try {
      return this.#framer.push(chunk);
    } catch {
      // Where the next message begins is not known any more (18.3).
      this.socket.destroy();
      return [];
    }
  }

  /** What is written still goes out, to a peer that reads. */
  close(): void {
    this.socket.destroySoon();
    setTimeout(() => this.socket.destroy(), flushMs).unref();
  }

  send(text: string, onFailed: () => void): void {
    if (this.socket.writableLength > maxUnreadBytes) this.socket.destroy();
    this.socket.write(text, (error) => error && onFailed());
  }
}
