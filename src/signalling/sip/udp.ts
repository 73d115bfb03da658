/** The UDP socket of SIP: datagrams in, text out. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { fault, reasonOf } from '../../errors.js';

export interface Peer {
  ip: string;
  port: number;
}

export class UdpTransport {
  readonly #socket: Socket;
  #port = 0;
  #open = false;

  constructor(readonly ip: string) {
    this.#socket = createSocket(isIPv6(ip) ? 'udp6' : 'udp4');
  }

  get port(): number {
    return this.#port;
  }

  /** Binds; throws LISTEN_FAILED. */
  async listen(port: number, onDatagram: (datagram: Buffer, from: Peer) => void): Promise<void> {
    this.#socket.on('message', (datagram, { address, port: from }) =>
      onDatagram(datagram, { ip: address, port: from }),
    );
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', (error) => {
        this.#socket.close();
        reject(fault('LISTEN_FAILED', 'SIP', `${this.ip}:${port}`, reasonOf(error)));
      });
      this.#socket.bind(port, this.ip, resolve);
    });
    // An unreachable peer must not end the process: its transaction times out.
    this.#socket.removeAllListeners('error').on('error', () => undefined);
    this.#port = this.#socket.address().port;
    this.#open = true;
  }

  send(text: string, { ip, port }: Peer): void {
    if (this.#open) this.#socket.send(text, port, ip, () => undefined);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}
