/**
 * The transactions of one socket: matches requests and responses, sends again what may have been lost, and tells the
 * layer above only what is new. Bounded: more than the limit are answered 503 and forgotten.
 */
import type { CSeq, HeaderLines, SipMessage, SipRequest, SipResponse } from './message.js';
import { cseqOf, header, parameter, writeResponse } from './message.js';
import { ClientTransaction, ServerTransaction } from './transaction.js';
import type { Peer, UdpTransport } from './udp.js';

const transactionLimit = 20000;
/** How often timers are looked at; the shortest is 500 ms. */
const tickMs = 50;

export interface ResponseParts {
  toTag?: string | undefined;
  headers?: HeaderLines;
  body?: string;
}

/** A request that is being answered. */
export class Serving {
  readonly machine: ServerTransaction;
  /** A final response to INVITE was never acknowledged. */
  onUnacknowledged: () => void = () => undefined;

  constructor(
    readonly request: SipRequest,
    /** Where responses go (RFC 3581). */
    readonly peer: Peer,
    readonly send: (text: string, peer: Peer) => void,
    readonly nowMs: () => number,
  ) {
    this.machine = new ServerTransaction(request.method === 'INVITE');
  }

  respond(status: number, reason: string, parts: ResponseParts = {}): void {
    if (this.machine.state !== 'trying') return;
    const text = writeResponse(this.request, status, reason, parts);
    this.machine.respond(status, text, this.nowMs());
    this.send(text, this.peer);
  }

  resend(): void {
    if (this.machine.response !== undefined) this.send(this.machine.response, this.peer);
  }
}

interface Asking {
  machine: ClientTransaction;
  text: string;
  peer: Peer;
  /** Each response, provisional ones and repeated 2xx to INVITE included; undefined when none came in time. */
  onResponse: (response: SipResponse | undefined) => void;
}

export interface TransactionHandlers {
  onRequest(serving: Serving): void;
  /** An ACK that belongs to a 2xx. */
  onAck(ack: SipRequest): void;
}

export class Transactions {
  readonly #serving = new Map<string, Serving>();
  readonly #asking = new Map<string, Asking>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly transport: UdpTransport,
    readonly handlers: TransactionHandlers,
    readonly nowMs: () => number,
  ) {}

  get size(): number {
    return this.#serving.size + this.#asking.size;
  }

  take(message: SipMessage, from: Peer): void {
    if (message.kind === 'response') this.#takeResponse(message);
    else this.#takeRequest(message, from);
  }

  /** The INVITE that a CANCEL means (RFC 3261, 9.2); undefined when it is over or unknown. */
  cancelled(cancel: SipRequest): Serving | undefined {
    return this.#serving.get(serverKey(cancel, 'INVITE'));
  }

  #takeRequest(request: SipRequest, from: Peer): void {
    const method = request.method === 'ACK' ? 'INVITE' : request.method;
    const key = serverKey(request, method);
    const known = this.#serving.get(key);
    if (request.method === 'ACK') {
      if (known && known.machine.state !== 'accepted') known.machine.acknowledged(this.nowMs());
      else this.handlers.onAck(request);
    } else if (known) known.resend();
    else this.#begin(key, request, from);
  }

  #begin(key: string, request: SipRequest, from: Peer): void {
    const serving = new Serving(viaOf(request, from), replyTo(request, from), this.#send, this.nowMs);
    if (this.size >= transactionLimit) return serving.respond(503, 'Service Unavailable');
    this.#serving.set(key, serving);
    this.#start();
    this.handlers.onRequest(serving);
  }

  readonly #send = (text: string, peer: Peer): void => this.transport.send(text, peer);

  /** Sends a request in a transaction of its own. */
  ask(branch: string, { method }: CSeq, text: string, peer: Peer, onResponse: Asking['onResponse']): void {
    const machine = new ClientTransaction(method === 'INVITE', this.nowMs());
    this.#asking.set(`${branch} ${method}`, { machine, text, peer, onResponse });
    this.#start();
    this.transport.send(text, peer);
  }

  #takeResponse(response: SipResponse): void {
    const branch = parameter(header(response, 'via'), 'branch') ?? '';
    const asking = this.#asking.get(`${branch} ${cseqOf(response).method}`);
    if (!asking) return;
    const first = asking.machine.answered(response.status, this.nowMs());
    // Repeated final answers to INVITE go up too: each needs its ACK again.
    if (first || response.status < 200 || asking.machine.invite) asking.onResponse(response);
  }

  #start(): void {
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  #tick(): void {
    const nowMs = this.nowMs();
    for (const [key, serving] of this.#serving) this.#tickServing(key, serving, nowMs);
    for (const [key, asking] of this.#asking) this.#tickAsking(key, asking, nowMs);
    if (this.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tickServing(key: string, serving: Serving, nowMs: number): void {
    const due = serving.machine.due(nowMs);
    if (due === 'resend') serving.resend();
    if (due === 'ended' || due === 'timeout') this.#serving.delete(key);
    if (due === 'timeout') serving.onUnacknowledged();
  }

  #tickAsking(key: string, { machine, text, peer, onResponse }: Asking, nowMs: number): void {
    const due = machine.due(nowMs);
    if (due === 'resend') this.transport.send(text, peer);
    if (due === 'ended' || due === 'timeout') this.#asking.delete(key);
    if (due === 'timeout') onResponse(undefined);
  }

  /** Forgets everything; whoever waits for an answer is told that none comes. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const waiting = [...this.#asking.values()].filter(({ machine }) => machine.state !== 'completed');
    this.#serving.clear();
    this.#asking.clear();
    for (const { onResponse } of waiting) onResponse(undefined);
  }
}

/** RFC 3261, 17.2.3: branch, sent-by and method; ACK belongs to its INVITE. */
function serverKey(request: SipRequest, method: string): string {
  const via = header(request, 'via');
  const sentBy = /^SIP\s*\/\s*2\.0\s*\/\s*\w+\s+([^;\s]+)/i.exec(via)?.[1] ?? '';
  return `${parameter(via, 'branch') ?? header(request, 'call-id')} ${sentBy} ${method}`;
}

/** Notes in the top Via where the request really came from (RFC 3261, 18.2.1; RFC 3581). */
function viaOf(request: SipRequest, { ip, port }: Peer): SipRequest {
  const [top = '', ...rest] = request.headers.via ?? [];
  const filled = top.replace(/;\s*rport(=[^;]*)?(?=;|$)/i, `;rport=${port}`);
  return { ...request, headers: { ...request.headers, via: [`${filled};received=${ip}`, ...rest] } };
}

/** Back to where it came from: to the same port when the peer asks so with rport, else to the port in its Via. */
function replyTo(request: SipRequest, { ip, port }: Peer): Peer {
  const via = header(request, 'via');
  if (parameter(via, 'rport') !== undefined) return { ip, port };
  const written = Number(/^SIP\s*\/\s*2\.0\s*\/\s*\w+\s+[^;\s]*?:(\d{1,5})(?=[;\s]|$)/i.exec(via)?.[1] ?? 5060);
  return { ip, port: written > 0 && written < 65536 ? written : port };
}
