/** What carries a test peer's messages: a UDP socket, or TCP connections in both directions. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Framer } from '../../src/signalling/sip/framing.js';

export interface Wire {
  readonly name: 'UDP' | 'TCP';
  /** Where it listens. */
  readonly port: number;
  /** To the server under test. */
  send(bytes: string | Buffer, serverPort: number): void;
  close(): void;
}

/** `answer` sends back to where the message came from. */
export type OnBytes = (bytes: Buffer, answer: (text: string) => void) => void;

export async function udpWire(onBytes: OnBytes): Promise<Wire> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  socket.on('message', (datagram, { port }) => onBytes(datagram, (text) => socket.send(text, port, '127.0.0.1')));
  await once(socket, 'listening');
  return {
    name: 'UDP',
    port: socket.address().port,
    send: (bytes, serverPort) => socket.send(bytes, serverPort, '127.0.0.1'),
    close: () => socket.close(),
  };
}

/** Listens, and makes one connection for all that it sends. */
export class TcpWire implements Wire {
  readonly name = 'TCP';
  readonly #sockets = new Set<Socket>();
  #out: Socket | undefined;
  /** Connections that came from the server under test. */
  accepted = 0;
  readonly #server = createServer((socket) => {
    this.accepted++;
    this.#listen(socket);
  });

  private constructor(readonly onBytes: OnBytes) {}

  static async open(onBytes: OnBytes): Promise<TcpWire> {
    const wire = new TcpWire(onBytes);
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    return wire;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  #listen(socket: Socket): Socket {
    const framer = new Framer();
    this.#sockets.add(socket);
    socket.on('data', (chunk: Buffer) => {
      for (const frame of framer.push(chunk))
        if (frame.kind === 'message') this.onBytes(frame.bytes, (text) => socket.write(text));
    });
    return socket.on('error', () => undefined);
  }

  /** The connection to the server under test. */
  connection(serverPort: number): Socket {
    this.#out ??= this.#listen(connect(serverPort, '127.0.0.1'));
    return this.#out;
  }

  send(bytes: string | Buffer, serverPort: number): void {
    this.connection(serverPort).write(bytes);
  }

  /** Cuts the connection that it made; the next message makes another. */
  async hangUp(): Promise<void> {
    const socket = this.#out;
    this.#out = undefined;
    if (!socket) return;
    socket.end();
    await once(socket, 'close');
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
