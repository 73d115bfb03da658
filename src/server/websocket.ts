/** The RTVI endpoint: sockets to sessions of the hub, with limits, pings and close codes. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import { type Connection, closeCodes } from '../rtvi/connection.js';
import { tokenOfHello } from '../rtvi/handshake.js';
import type { Hub } from '../rtvi/hub.js';
import type { Session } from '../rtvi/session.js';
import { sees } from '../rtvi/visitor.js';
import { type Access, type Entry, isTokenProtocol, pathOf, queryOf } from './access.js';

export interface SocketOptions {
  hub: Hub;
  access: Access;
  log: Log;
  maxClients: number;
  /** A client that does not answer a ping until the next is gone. */
  pingMs: number;
  /** Longest wait for `client-ready`. */
  handshakeMs: number;
  /** Longest wait for a token in the first message, where none came with the request. */
  tokenMs: number;
  /** Longest wait for the peer's part of a close. */
  closeMs: number;
}

const tokenNeeded = 'a valid token is needed';
/** Clients send up to 1 MiB, and some framing. */
const payloadLimit = (1 << 20) + (1 << 16);

export class RtviSockets {
  readonly #options: SocketOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: payloadLimit,
    perMessageDeflate: false,
    handleProtocols: chosenProtocol,
  });
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
    const entry = this.#options.access.enter(request);
    if (entry.kind === 'none') this.#awaitToken(socket, request);
    else this.#admit(socket, request, entry);
  }

  /** No token came with the request: it may come in the first message. */
  #awaitToken(socket: WebSocket, request: IncomingMessage): void {
    const { access, tokenMs } = this.#options;
    const late = setTimeout(() => this.#end(socket, closeCodes.refusedToken, tokenNeeded), tokenMs);
    late.unref();
    socket.once('close', () => clearTimeout(late));
    socket.once('message', (data: Buffer, isBinary: boolean) => {
      clearTimeout(late);
      const first = isBinary ? data : data.toString('utf8');
      this.#guarded(socket, () =>
        this.#admit(socket, request, access.enterBy(tokenOfHello(first), request))?.receive(first),
      );
    });
  }

  #admit(socket: WebSocket, request: IncomingMessage, entry: Entry): Session | undefined {
    const { hub, maxClients } = this.#options;
    const refuse = (code: number, why: string) => void this.#end(socket, code, why);
    if (entry.kind === 'blocked') return refuse(closeCodes.refusedToken, 'too many wrong tokens: wait a little');
    if (entry.kind !== 'granted') return refuse(closeCodes.refusedToken, tokenNeeded);
    const { grant } = entry;
    const callId = queryOf(request).get('call') ?? grant.callId;
    if (hub.sessions >= maxClients) return refuse(closeCodes.full, 'too many clients');
    if (callId !== undefined && !(sees(grant, callId) && hub.knows(callId)))
      return refuse(closeCodes.unknownCall, 'no such call');
    const session = hub.connect(this.#connection(socket, request.socket), grant, callId);
    this.#serve(socket, session);
    return session;
  }

  #serve(socket: WebSocket, session: Session): void {
    const { hub, handshakeMs } = this.#options;
    const late = setTimeout(() => {
      if (!session.generation) session.end(closeCodes.policy, 'client-ready expected');
    }, handshakeMs);
    late.unref();
    socket.on('message', (data: Buffer, isBinary: boolean) =>
      this.#guarded(socket, () => session.receive(isBinary ? data : data.toString('utf8'))),
    );
    socket.on('pong', () => this.#silent.delete(socket));
    socket.on('close', () => {
      clearTimeout(late);
      this.#guarded(socket, () => hub.disconnect(session));
    });
  }

  /** A fault of this program in serving one client ends that client, and no other. */
  #guarded(socket: WebSocket, serve: () => void): void {
    try {
      serve();
    } catch (thrown) {
      this.#options.log.error({ reason: reasonOf(thrown) }, 'serving an RTVI client failed');
      this.#end(socket, closeCodes.internal, 'internal error');
    }
  }

  #connection(socket: WebSocket, stream: Duplex): Connection {
    const together = oneWrite(stream);
    return {
      send: (data) => {
        if (socket.readyState !== WebSocket.OPEN) return;
        together();
        socket.send(data);
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

/** An event is several messages: what is sent before the code at work has returned goes out in one write. */
function oneWrite(stream: Duplex): () => void {
  let corked = false;
  const uncork = () => {
    corked = false;
    stream.uncork();
  };
  return () => {
    if (corked) return;
    corked = true;
    stream.cork();
    process.nextTick(uncork);
  };
}

/** A browser fails a connection that is answered with none of the sub-protocols it offered; a token is not repeated if there is another. */
function chosenProtocol(offered: Set<string>): string | false {
  const names = [...offered];
  return names.find((name) => !isTokenProtocol(name)) ?? names[0] ?? false;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
