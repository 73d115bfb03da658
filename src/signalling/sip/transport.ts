/**
 * The transport layer (RFC 3261, section 18): UDP and TCP on one port behind one way to send. A peer is an address, a
 * transport, and over TCP the connection that its message came on.
 */
import { OavcError } from '../../errors.js';
import type { Peer, TransportHandlers } from './peer.js';
import { TcpTransport } from './tcp.js';
import { UdpTransport } from './udp.js';

/** Free ports are looked for so often: what is free for UDP may be taken for TCP. */
const freePortTries = 10;

export class Transport {
  #udp: UdpTransport;
  readonly #tcp: TcpTransport;

  constructor(
    readonly ip: string,
    readonly handlers: TransportHandlers,
  ) {
    this.#udp = new UdpTransport(ip, handlers);
    this.#tcp = new TcpTransport(ip, handlers);
  }

  get port(): number {
    return this.#udp.port;
  }

  /** TCP connections that stand now. */
  get connections(): number {
    return this.#tcp.size;
  }

  /** Binds; throws LISTEN_FAILED. Without `tcp` no connections are taken, but they can be made. */
  async listen(port: number, tcp: boolean): Promise<void> {
    for (let tries = port === 0 && tcp ? freePortTries : 1; ; tries--) {
      try {
        await this.#udp.listen(port);
        if (tcp) await this.#tcp.listen(this.#udp.port);
        return;
      } catch (thrown) {
        await this.#udp.close();
        if (tries <= 1 || !(thrown instanceof OavcError)) throw thrown;
        this.#udp = new UdpTransport(this.ip, this.handlers);
      }
    }
  }

  /** `onFailed`: it cannot have arrived. Over UDP nobody knows. */
  send(text: string, peer: Peer, onFailed: () => void = () => undefined): void {
    if (peer.transport === 'TCP') this.#tcp.send(text, peer, onFailed);
    else this.#udp.send(text, peer);
  }

  async close(): Promise<void> {
    await Promise.all([this.#udp.close(), this.#tcp.close()]);
  }
}
