/** A SIP peer that sends what a test writes and shows what came: no state machine, so that it can do everything wrong. */
import { header, parameter } from '../../src/signalling/sip/headers.js';
import { parseSip, type SipMessage, type SipRequest, type SipResponse } from '../../src/signalling/sip/message.js';
import { type OnBytes, TcpWire, udpWire, type Wire } from './sip-wire.js';

export interface Call {
  callId: string;
  tag: string;
  cseq: number;
  /** The peer's tag, once it is known. */
  toTag?: string;
}

interface Extra {
  headers?: string[];
  body?: string;
  /** application/sdp where there is a body. */
  contentType?: string;
  branch?: string;
  uri?: string;
  cseq?: string;
}

interface Answer {
  body?: string;
  toTag?: string;
  headers?: string[];
}

let serial = 0;
const unique = (name: string): string => `${name}${process.pid}x${++serial}`;

export const newCall = (): Call => ({ callId: unique('call'), tag: unique('tag'), cseq: 0 });

export class SipPeer<W extends Wire = Wire> {
  readonly #arrived: SipMessage[] = [];
  readonly #answers = new WeakMap<SipMessage, (text: string) => void>();
  #wake: () => void = () => undefined;

  private constructor(
    public serverPort: number,
    readonly wire: W,
  ) {}

  static open(serverPort: number): Promise<SipPeer> {
    return SipPeer.#on(serverPort, udpWire);
  }

  static openTcp(serverPort: number): Promise<SipPeer<TcpWire>> {
    return SipPeer.#on(serverPort, TcpWire.open);
  }

  static async #on<W extends Wire>(serverPort: number, open: (onBytes: OnBytes) => Promise<W>): Promise<SipPeer<W>> {
    let take: OnBytes = () => undefined;
    const peer = new SipPeer(serverPort, await open((bytes, answer) => take(bytes, answer)));
    take = (bytes, answer) => {
      const message = parseSip(bytes);
      peer.#answers.set(message, answer);
      peer.#arrived.push(message);
      peer.#wake();
    };
    return peer;
  }

  get port(): number {
    return this.wire.port;
  }

  sendRaw(datagram: string | Buffer, port = this.serverPort): void {
    this.wire.send(datagram, port);
  }

  /** A request of this call; returns its text, to be sent again. */
  send(method: string, call: Call, extra: Extra = {}): string {
    if (method !== 'ACK' && method !== 'CANCEL') call.cseq++;
    const {
      headers = [],
      body = '',
      contentType = 'application/sdp',
      branch = unique('z9hG4bK'),
      uri = `sip:bot@127.0.0.1:${this.serverPort}`,
    } = extra;
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/${this.wire.name} 127.0.0.1:${this.port};branch=${branch};rport`,
      `From: "Alice" <sip:alice@127.0.0.1:${this.port}>;tag=${call.tag}`,
      `To: <sip:bot@127.0.0.1>${call.toTag === undefined ? '' : `;tag=${call.toTag}`}`,
      `Call-ID: ${call.callId}`,
      `CSeq: ${extra.cseq ?? `${call.cseq} ${method}`}`,
      `Contact: <sip:alice@127.0.0.1:${this.port}${this.#parameter}>`,
      'Max-Forwards: 70',
      ...(body === '' ? [] : [`Content-Type: ${contentType}`]),
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const text = `${lines.join('\r\n')}\r\n\r\n${body}`;
    this.sendRaw(text);
    return text;
  }

  /** The next message that fits, in the order of arrival; waits for it. Others stay. */
  async #next<M extends SipMessage>(fits: (message: SipMessage) => message is M): Promise<M> {
    for (;;) {
      const at = this.#arrived.findIndex(fits);
      const [found] = at < 0 ? [] : this.#arrived.splice(at, 1);
      if (found && fits(found)) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  response(status: number, method?: string): Promise<SipResponse> {
    return this.#next(
      (message): message is SipResponse =>
        message.kind === 'response' &&
        message.status === status &&
        (method === undefined || header(message, 'cseq').endsWith(` ${method}`)),
    );
  }

  request(method: string): Promise<SipRequest> {
    return this.#next((message): message is SipRequest => message.kind === 'request' && message.method === method);
  }

  /** Answers a request that came. */
  answer(request: SipRequest, status: number, reason: string, extra: Answer = {}): void {
    const { body = '', toTag, headers = [] } = extra;
    const to = header(request, 'to');
    const lines = [
      `SIP/2.0 ${status} ${reason}`,
      ...(request.headers.via ?? []).map((via) => `Via: ${via}`),
      `From: ${header(request, 'from')}`,
      `To: ${toTag === undefined || to.includes(';tag=') ? to : `${to};tag=${toTag}`}`,
      `Call-ID: ${header(request, 'call-id')}`,
      `CSeq: ${header(request, 'cseq')}`,
      `Contact: <sip:bob@127.0.0.1:${this.port}${this.#parameter}>`,
      ...headers,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.#answers.get(request)?.(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  get #parameter(): string {
    return this.wire.name === 'TCP' ? ';transport=tcp' : '';
  }

  /** What arrived and nobody took, as method or status. */
  get untaken(): (string | number)[] {
    return this.#arrived.map((message) => (message.kind === 'request' ? message.method : message.status));
  }

  close(): void {
    this.wire.close();
  }
}

/** Our tag in a response, which makes it the dialog's. */
export const toTagOf = (response: SipResponse): string => parameter(header(response, 'to'), 'tag') ?? '';
