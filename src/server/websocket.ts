/** The RTVI endpoint: sockets to sessions of the hub, with limits, pings and close codes. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { type Connection, closeCodes } from '../rtvi/connection.js';
import type { Hub } from '../rtvi/hub.js';
import type { Session } from '../rtvi/session.js';
import { sees } from '../rtvi/visitor.js';
import { type Access, pathOf, queryOf } from './access.js';

export interface SocketOptions {
  hub: Hub;
  access: Access;
  maxClients: number;
  /** A client that does not answer a ping until the next is gone. */
  pingMs: number;
  /** Longest wait for `client-ready`. */
  handshakeMs: number;
  /** Longest wait for the peer's part of a close. */
  closeMs: number;
}

/** Clients send up to 1 MiB, and some framing. */
const payloadLimit = (1 << 20) + (1 << 16);

export class RtviSockets {
  readonly #options: SocketOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: payloadLimit, perMessageDeflate: false });
  readonly #silent = new WeakSet<WebSocket>();
  readonly #pings: NodeJS.Timeout;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#pings = setInterval(() => this.#ping(), options.pingMs);
    this.#pings.unref();
  }

  /** Takes an upgrade over. A refused token is told by a close code: a browser sees nothing of an HTTP status. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until ws takes the socket over, nobody else listens for its failure.
    const drop = () => socket.destroy();
    socket.on('error', drop);
    if (pathOf(request) !== '/rtvi') return refuse(socket, '404 Not Found');
    if (this.#options.access.foreign(request) !== undefined) return refuse(socket, '403 Forbidden');
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', drop);
      this.#accept(webSocket, request);
    });
  }

  /** Resolves when every socket is gone; those that do not answer the close are cut off. */
  async close(): Promise<void> {
    clearInterval(this.#pings);
    const gone = [...this.#server.clients].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const socket of this.#server.clients) this.#end(socket, closeCodes.goingAway, 'server stops');
    await Promise.all(gone);
  }

  #accept(socket: WebSocket, request: IncomingMessage): void {
    // The library closes a socket that breaks the protocol by itself; 'close' follows every 'error'.
    socket.on('error', () => undefined);
    const { hub, access, maxClients } = this.#options;
    const grant = access.grant(request);
    const callId = queryOf(request).get('call') ?? grant?.callId;
    if (!grant) return this.#end(socket, closeCodes.refusedToken, 'a valid token is needed');
    if (hub.sessions >= maxClients) return this.#end(socket, closeCodes.full, 'too many clients');
    if (callId !== undefined && !(sees(grant, callId) && hub.knows(callId)))
      return this.#end(socket, closeCodes.unknownCall, 'no such call');
    this.#serve(socket, hub.connect(this.#connection(socket), grant, callId));
  }

  #serve(socket: WebSocket, session: Session): void {
    const { hub, handshakeMs } = this.#options;
    const late = setTimeout(() => {
      if (!session.generation) session.end(closeCodes.policy, 'client-ready expected');
    }, handshakeMs);
    late.unref();
    socket.on('message', (data: Buffer, isBinary: boolean) => session.receive(isBinary ? data : data.toString('utf8')));
    socket.on('pong', () => this.#silent.delete(socket));
    socket.on('close', () => {
      clearTimeout(late);
      hub.disconnect(session);
    });
  }

  #connection(socket: WebSocket): Connection {
    return {
      send: (data) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(data);
      },
      get unsentBytes() {
        return socket.bufferedAmount;
      },
      close: (code, reason) => this.#end(socket, code, reason),
    };
  }

  /** A peer that reads no more never sees the close: after a while its socket is cut off, and its queue is freed. */
  #end(socket: WebSocket, code: number, reason: string): void {
    socket.close(code, reason);
    const cut = setTimeout(() => socket.terminate(), this.#options.closeMs);
    cut.unref();
    socket.once('close', () => clearTimeout(cut));
  }

  #ping(): void {
    for (const socket of this.#server.clients) {
      if (this.#silent.has(socket)) socket.terminate();
      else {
        this.#silent.add(socket);
        socket.ping();
      }
    }
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
