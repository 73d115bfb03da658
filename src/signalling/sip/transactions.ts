/**
 * The transactions of one user agent: matches requests and responses, sends again what may have been lost, acknowledges
 * refusals, and tells the layer above only what is new. One timer for all of them.
 */
import { cseqOf, header, parameter, tagOf } from './headers.js';
import {
  type HeaderLines,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  writeRequest,
  writeResponse,
} from './message.js';
import type { Peer } from './peer.js';
import { marked, replyTo, Serving, serverKey } from './serving.js';
import { ClientTransaction } from './transaction.js';
import type { Transport } from './transport.js';

/** How often timers are looked at; the shortest is 500 ms. */
const tickMs = 50;

/** A request as it is sent; the branch of its top Via names its transaction. */
export interface OutgoingRequest {
  method: string;
  uri: string;
  branch: string;
  headers: HeaderLines;
  body?: string;
}

/** Each response, provisional ones and repeated 2xx to INVITE included; undefined when none came in time. */
export type OnResponse = (response: SipResponse | undefined) => void;

interface Asking {
  machine: ClientTransaction;
  request: OutgoingRequest;
  text: string;
  peer: Peer;
  onResponse: OnResponse;
}

export interface TransactionHandlers {
  /** Whether a new request may begin a transaction; where not, this has answered it, or does not want to. */
  admits(request: SipRequest, from: Peer): boolean;
  /** A request of ours is about to be sent there. */
  onAsk(peer: Peer): void;
  onRequest(serving: Serving): void;
  /** An ACK that belongs to a 2xx. */
  onAck(ack: SipRequest): void;
}

export class Transactions {
  readonly #serving = new Map<string, Serving>();
  readonly #asking = new Map<string, Asking>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    readonly transport: Transport,
    readonly handlers: TransactionHandlers,
    readonly nowMs: () => number,
    /** New calls are answered 503 above it; running calls have a quarter more. */
    readonly limit: number,
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

  /** Answers without a transaction (8.2.7): for what is not worth remembering. An ACK is never answered. */
  refuse(request: SipRequest, from: Peer, status: number, reason: string, headers: HeaderLines = []): void {
    if (request.method === 'ACK') return;
    const text = writeResponse(marked(request, from), status, reason, { toTag: 'refused', headers });
    this.transport.send(text, replyTo(request, from));
  }

  #takeRequest(request: SipRequest, from: Peer): void {
    const { method } = request;
    const key = serverKey(request, method === 'ACK' ? 'INVITE' : method);
    const known = this.#serving.get(key);
    if (method === 'ACK') {
      if (known && known.machine.state !== 'accepted') known.machine.acknowledged(this.nowMs());
      else this.handlers.onAck(request);
    } else if (known) known.resend();
    else if (!this.handlers.admits(request, from)) return;
    else if (this.#isFull(request)) this.refuse(request, from, 503, 'Service Unavailable', [['Retry-After', '5']]);
    else this.#begin(key, request, from);
  }

  #isFull(request: SipRequest): boolean {
    const running = tagOf(header(request, 'to')) !== '';
    return this.#serving.size >= (running ? this.limit * 1.25 : this.limit);
  }

  #begin(key: string, request: SipRequest, from: Peer): void {
    const serving = new Serving(request, from, (text, peer) => this.transport.send(text, peer), this.nowMs);
    this.#serving.set(key, serving);
    this.#start();
    this.handlers.onRequest(serving);
  }

  /** Sends a request in a transaction of its own. */
  ask(request: OutgoingRequest, peer: Peer, onResponse: OnResponse): void {
    if (this.#closed) return onResponse(undefined);
    const { method, uri, branch, headers, body } = request;
    const text = writeRequest(method, uri, headers, body);
    const machine = new ClientTransaction(method === 'INVITE', this.nowMs(), peer.transport === 'TCP');
    const key = `${branch} ${method}`;
    this.handlers.onAsk(peer);
    this.#asking.set(key, { machine, request, text, peer, onResponse });
    this.#start();
    this.transport.send(text, peer, () => this.#unreachable(key));
  }

  /** The transport says that nobody is there (17.1.4): that is a time-out at once. */
  #unreachable(key: string): void {
    const asking = this.#asking.get(key);
    if (asking?.machine.state !== 'calling') return;
    this.#asking.delete(key);
    asking.onResponse(undefined);
  }

  /** A cancelled request is forgotten when no final answer comes. */
  expire(branch: string, method: string): void {
    this.#asking.get(`${branch} ${method}`)?.machine.cancelled(this.nowMs());
  }

  #takeResponse(response: SipResponse): void {
    const branch = parameter(header(response, 'via'), 'branch') ?? '';
    const asking = this.#asking.get(`${branch} ${cseqOf(response).method}`);
    if (!asking) return;
    const first = asking.machine.answered(response.status, this.nowMs());
    if (asking.machine.invite && response.status >= 300) this.#acknowledge(asking, response);
    // Repeated 2xx to INVITE go up too: each needs its ACK again.
    if (first || response.status < 200 || (asking.machine.invite && response.status < 300)) {
      asking.onResponse(response);
    }
  }

  /** ACK to a refusal belongs to the INVITE's own transaction (17.1.1.3). */
  #acknowledge({ request, peer }: Asking, response: SipResponse): void {
    const kept = request.headers.filter(([name]) => repeatedInAck.has(name));
    const { number } = cseqOf(response);
    const headers = [...kept, ['To', header(response, 'to')], ['CSeq', `${number} ACK`]] as const;
    this.transport.send(writeRequest('ACK', request.uri, headers), peer);
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
    const { state } = serving.machine;
    const due = serving.machine.due(nowMs);
    if (due === 'resend') serving.resend();
    if (due === 'ended' || due === 'timeout') this.#serving.delete(key);
    if (due === 'timeout' && state === 'accepted') serving.onUnacknowledged();
  }

  #tickAsking(key: string, { machine, text, peer, onResponse }: Asking, nowMs: number): void {
    const { state } = machine;
    const due = machine.due(nowMs);
    if (due === 'resend') this.transport.send(text, peer);
    if (due === 'ended' || due === 'timeout') this.#asking.delete(key);
    if (due === 'timeout' || (due === 'ended' && state !== 'completed')) onResponse(undefined);
  }

  /** Forgets everything; whoever waits for an answer or an ACK is told that none comes. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    const waiting = [...this.#asking.values()].filter(({ machine }) => machine.state !== 'completed');
    const unacknowledged = [...this.#serving.values()].filter(({ machine }) => machine.state === 'accepted');
    this.#serving.clear();
    this.#asking.clear();
    for (const { onResponse } of waiting) onResponse(undefined);
    for (const { onUnacknowledged } of unacknowledged) onUnacknowledged();
  }
}

const repeatedInAck: ReadonlySet<string> = new Set(['Via', 'Max-Forwards', 'Route', 'From', 'Call-ID', 'User-Agent']);
