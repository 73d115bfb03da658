/** The own SIP user agent over UDP and TCP: takes calls for softphones, trunks and the demo, and places them. */
import { isIPv6 } from 'node:net';
import { monotonicNs } from '../../clock.js';
import { fault, OavcError, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import type { Leg, PlaceOptions, Signalling } from '../leg.js';
import { givenUp } from '../placing.js';
import { sdpOf } from '../sdp-body.js';
import { Dialogs } from './dialogs.js';
import { header, topVia } from './headers.js';
import { Invitation } from './invitation.js';
import { locate } from './locate.js';
import { checkSound, type HeaderLines, parseSip, type SipMessage, type SipRequest } from './message.js';
import type { Peer } from './peer.js';
import { Reception } from './reception.js';
import type { Serving } from './serving.js';
import { allowed, SipLeg } from './sip-leg.js';
import { Transactions } from './transactions.js';
import { Transport } from './transport.js';
import { parseUri } from './uri.js';
import { type IdentityOptions, UserAgent } from './user-agent.js';
import { within } from './within.js';

export interface SipServerOptions extends IdentityOptions {
  /** 0 for any free one. */
  port: number;
  /** Whether TCP is listened for beside UDP. */
  tcp?: boolean;
  /** More are refused with 486. */
  maxCalls: number;
  log: Log;
  /** CLOCK_MONOTONIC, nanoseconds. */
  now?: () => bigint;
}

const stopWaitMs = 3000;

export class SipServer implements Signalling {
  readonly name = 'sip';
  readonly away = false;
  readonly transactions: Transactions;
  readonly agent: UserAgent;
  readonly #transport: Transport;
  readonly #dialogs = new Dialogs();
  readonly #invitations = new Set<Invitation>();
  #onLeg: (leg: Leg) => void = () => undefined;
  #stopping = false;

  constructor(readonly options: SipServerOptions) {
    this.#transport = new Transport(options.ip, {
      onMessage: (bytes, from) => this.#take(bytes, from),
      admits: () => true,
    });
    const now = options.now ?? monotonicNs;
    const limit = 1000 + 20 * options.maxCalls;
    const reception = this.#reception();
    const handlers = {
      onRequest: (serving: Serving) => reception.take(serving),
      onAck: (ack: SipRequest) => this.#dialogs.find(ack)?.acknowledged(ack),
    };
    this.transactions = new Transactions(this.#transport, handlers, () => Number(now()) / 1e6, limit);
    this.agent = new UserAgent(options, this.transactions);
  }

  #reception(): Reception {
    return new Reception({
      ...this.#legHost(),
      dialogs: this.#dialogs,
      cancelled: ({ request }) => this.transactions.cancelled(request),
      closed: () => this.#closed(),
      onLeg: (leg) => this.#onLeg(leg),
    });
  }

  #legHost() {
    return {
      contact: (peer: Peer) => this.agent.contact(peer),
      request: (...asked: Parameters<UserAgent['request']>) => this.agent.request(...asked),
      established: (...made: Parameters<Dialogs['established']>) => this.#dialogs.established(...made),
      released: (leg: SipLeg) => this.#dialogs.released(leg),
    };
  }

  #closed(): readonly [status: number, reason: string] | undefined {
    if (this.#stopping) return [503, 'Service Unavailable'];
    return this.#dialogs.size >= this.options.maxCalls ? [486, 'Busy Here'] : undefined;
  }

  async start(onLeg: (leg: Leg) => void): Promise<{ address: string; port: number }> {
    this.#onLeg = onLeg;
    await this.#transport.listen(this.options.port, this.options.tcp ?? false);
    return { address: this.options.ip, port: this.#transport.port };
  }

  held(): { legs: number; transactions: number } {
    return { legs: this.#dialogs.size + this.#invitations.size, transactions: this.transactions.size };
  }

  /** TCP connections that stand. */
  get connections(): number {
    return this.#transport.connections;
  }

  /** A message: keep-alives (RFC 5626, 3.5.1) and rubbish are dropped, and never end the process. */
  #take(bytes: Buffer, from: Peer): void {
    if (bytes.length <= 4) return;
    try {
      this.#dispatch(parseSip(bytes), from);
    } catch (thrown) {
      if (!(thrown instanceof OavcError)) throw thrown;
      this.options.log.debug({ from: from.ip, reason: reasonOf(thrown) }, 'SIP message dropped');
    }
  }

  #dispatch(message: SipMessage, from: Peer): void {
    try {
      checkSound(message);
    } catch (thrown) {
      if (message.kind === 'request' && topVia(message)) this.transactions.refuse(message, from, 400, 'Bad Request');
      throw thrown;
    }
    this.transactions.take(message, from);
  }

  async place(uri: string, from: string, offer: string, options: PlaceOptions = {}): Promise<Leg> {
    const target = parseUri(uri);
    if (!target || /^sips:/i.test(uri)) throw fault('NOT_SUPPORTED', 'this destination', 'expected sip:USER@HOST');
    const peer = await locate(target, this.#family);
    const caller = parseUri(from) ? from : `sip:${encodeURIComponent(from)}@${this.agent.hostPort(peer)}`;
    const headers: HeaderLines = [
      ['Contact', this.agent.contact(peer)],
      ['Allow', allowed],
      ['Content-Type', 'application/sdp'],
    ];
    const invitation = new Invitation(this.agent, { uri, from: caller, peer, offer, headers, options });
    if (options.signal?.aborted || this.#stopping) throw givenUp();
    const { dialog, response } = await this.#answered(invitation, options.signal);
    const remoteSdp = sdpOf(header(response, 'content-type'), response.body) ?? '';
    return SipLeg.outbound(this.#legHost(), dialog, { from: caller, to: uri, remoteSdp, localSdp: offer });
  }

  get #family(): 4 | 6 {
    return isIPv6(this.options.ip) ? 6 : 4;
  }

  async #answered(invitation: Invitation, signal: AbortSignal | undefined) {
    const giveUp = () => invitation.giveUp();
    this.#invitations.add(invitation);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      return await invitation.send();
    } finally {
      signal?.removeEventListener('abort', giveUp);
      this.#invitations.delete(invitation);
    }
  }

  /** BYE for every call; peers that do not answer get as long as a few repeats take. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const invitation of this.#invitations) invitation.giveUp();
    await within(Promise.all(this.#dialogs.all().map((leg) => leg.hangup())), stopWaitMs);
    this.transactions.close();
    await this.#transport.close();
  }
}
