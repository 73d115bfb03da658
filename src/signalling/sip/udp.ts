/** The UDP socket of SIP: text in and out. A datagram that is no text is rubbish like any other. */
import { createSocket, type Socket } from 'node:dgram';
import { fault, reasonOf } from '../../errors.js';
import { maxMessageBytes } from './message.js';

export interface Peer {
  ip: string;
  port: number;
}

export class UdpTransport {
  readonly #socket: Socket = createSocket('udp4');
  #port = 0;
  #open = false;

  constructor(readonly ip: string) {}

  get port(): number {
    return this.#port;
  }

  /** Binds; throws LISTEN_FAILED. */
  async listen(port: number, onText: (text: string, from: Peer) => void): Promise<void> {
    this.#socket.on('message', (data, { address, port: from }) => {
      if (data.length <= maxMessageBytes) onText(data.toString('utf8'), { ip: address, port: from });
    });
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', (error) =>
        reject(fault('LISTEN_FAILED', 'SIP', `${this.ip}:${port}`, reasonOf(error))),
      );
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
