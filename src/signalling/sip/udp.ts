/** The UDP socket of SIP: datagrams in, text out. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { reasonOf } from '../../errors.js';
import { cannotListen, type Peer, type TransportHandlers } from './peer.js';

export class UdpTransport {
  readonly #socket: Socket;
  #port = 0;
  #open = false;

  constructor(
    readonly ip: string,
    readonly handlers: TransportHandlers,
  ) {
    this.#socket = createSocket(isIPv6(ip) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  }

  get port(): number {
    return this.#port;
  }

  /** Binds; throws LISTEN_FAILED. */
  async listen(port: number): Promise<void> {
    this.#socket.on('message', (datagram, { address: ip, port: from }) => {
      if (this.handlers.reads(ip)) this.handlers.onMessage(datagram, { transport: 'UDP', ip, port: from });
    });
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', (error) => {
        this.#socket.close();
        reject(cannotListen(this.ip, port, reasonOf(error)));
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
