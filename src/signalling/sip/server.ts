/** The own SIP user agent over UDP and TCP: takes calls for softphones, trunks and the demo, and places them. */
import { isIPv6 } from 'node:net';
import { monotonicNs } from '../../clock.js';
import { fault, OavcError, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import { allowed } from '../in-dialog.js';
import type { Leg, PlaceOptions, Signalling } from '../leg.js';
import { sdpOf } from '../sdp-body.js';
import { Admission, type AdmissionOptions } from './admission.js';
import { Alarms } from './alarms.js';
import { callParameters } from './call-parameters.js';
import { Dialogs } from './dialogs.js';
import { header, topVia } from './headers.js';
import { checkSound, type HeaderLines, parseSip, type SipMessage, type SipRequest } from './message.js';
import { findTrunk, Outgoing } from './outgoing.js';
import type { Peer } from './peer.js';
import { Reception } from './reception.js';
import { Registration, type RegistrationState } from './registration.js';
import type { Serving } from './serving.js';
import type { SessionLimits } from './session-timer.js';
import { SipLeg } from './sip-leg.js';
import { Transactions } from './transactions.js';
import { Transport } from './transport.js';
import { Trunk, type TrunkOptions } from './trunk.js';
import { type IdentityOptions, UserAgent } from './user-agent.js';
import { within } from './within.js';

export interface SipServerOptions extends IdentityOptions {
  /** 0 for any free one. */
  port: number;
  /** Whether TCP is listened for beside UDP. */
  tcp?: boolean;
  /** More are refused with 503. */
  maxCalls: number;
  admission: AdmissionOptions;
  trunk?: TrunkOptions | undefined;
  /** Session timers; none of ours where it is left out. */
  session?: SessionLimits;
  /** Whether the calls of other ways in leave no room: what OPTIONS tells a load balancer. */
  full?: () => boolean;
  log: Log;
  /** CLOCK_MONOTONIC, nanoseconds. */
  now?: () => bigint;
}

/** Longest waits for the answers to BYE, and for the end of the registration. */
const stopWaitMs = 3000;
const unregisterWaitMs = 1000;

export class SipServer implements Signalling {
  readonly name = 'sip';
  readonly transactions: Transactions;
  readonly agent: UserAgent;
  readonly admission: Admission;
  readonly alarms: Alarms;
  readonly #transport: Transport;
  readonly #dialogs = new Dialogs();
  readonly #outgoing: Outgoing;
  readonly #registration: Registration | undefined;
  #onLeg: (leg: Leg) => void = () => undefined;
  #stopping = false;

  constructor(readonly options: SipServerOptions) {
    const now = options.now ?? monotonicNs;
    const nowMs = () => Number(now()) / 1e6;
    const trunk = options.trunk && new Trunk(options.trunk);
    this.alarms = new Alarms(nowMs);
    this.admission = new Admission(options.admission, (ip) => trunk?.has(ip) ?? false);
    this.#transport = new Transport(options.ip, {
      onMessage: (bytes, from) => this.#take(bytes, from),
      reads: (ip) => this.admission.reads(ip, nowMs()),
    });
    const limit = 1000 + 20 * options.maxCalls;
    this.transactions = new Transactions(this.#transport, this.#handlers(nowMs), nowMs, limit);
    this.agent = new UserAgent(options, this.transactions, trunk);
    this.#outgoing = new Outgoing(this.agent, this.#family, this.#limits);
    if (trunk?.options.register) this.#registration = new Registration(this.#registrationHost(), trunk);
  }

  get #family(): 4 | 6 {
    return isIPv6(this.options.ip) ? 6 : 4;
  }

  #handlers(nowMs: () => number) {
    const reception = this.#reception();
    return {
      admits: (request: SipRequest, from: Peer) => this.#admits(request, from, nowMs()),
      onAsk: ({ ip }: Peer) => this.admission.meet(ip),
      onRequest: reception.take.bind(reception),
      onAck: (ack: SipRequest) => this.#dialogs.find(ack)?.acknowledged(ack),
    };
  }

  /** What belongs to a call needs no admission: its tags are known to nobody else. */
  #admits(request: SipRequest, from: Peer, nowMs: number): boolean {
    if (this.#dialogs.find(request) || (request.method === 'CANCEL' && this.transactions.cancelled(request))) {
      return true;
    }
    const verdict = this.admission.judge(request, from.ip, nowMs);
    if (verdict.kind === 'refuse') {
      this.transactions.refuse(request, from, verdict.status, verdict.reason, verdict.headers);
    }
    return verdict.kind === 'admit';
  }

  #reception(): Reception {
    return new Reception({
      ...this.#legHost(),
      dialogs: this.#dialogs,
      cancelled: ({ request }) => this.transactions.cancelled(request),
      closed: () => this.#closed(),
      full: () => this.options.full?.() === true,
      onLeg: (leg) => this.#onLeg(leg),
    });
  }

  get #limits(): SessionLimits {
    return this.options.session ?? { expiresS: 0, minS: 90 };
  }

  #legHost() {
    return {
      alarms: this.alarms,
      limits: this.#limits,
      contact: (peer: Peer) => this.agent.contact(peer),
      request: (...asked: Parameters<UserAgent['request']>) => this.agent.request(...asked),
      wishes: ({ request, peer }: Serving) => (this.admission.mayWish(peer.ip) ? callParameters(request) : {}),
      begun: (leg: SipLeg) => this.#dialogs.begun(leg),
      released: (leg: SipLeg) => this.#dialogs.released(leg),
    };
  }

  #registrationHost() {
    const { agent, alarms, options } = this;
    return { agent, alarms, log: options.log, find: (trunk: Trunk) => findTrunk(trunk, this.#family) };
  }

  #closed(): readonly [status: number, reason: string] | undefined {
    if (this.#stopping) return [503, 'Service Unavailable'];
    return this.#dialogs.size >= this.options.maxCalls ? [503, 'Service Unavailable'] : undefined;
  }

  /** Listens, and begins to register; a trunk that is away is tried again and again. */
  async start(onLeg: (leg: Leg) => void): Promise<{ address: string; port: number }> {
    this.#onLeg = onLeg;
    await this.#transport.listen(this.options.port, this.options.tcp ?? false);
    void this.#registration?.start();
    return { address: this.options.ip, port: this.#transport.port };
  }

  /** At the trunk; undefined where we do not register. */
  get registration(): RegistrationState | undefined {
    return this.#registration?.state;
  }

  /** Where calls come by a registration that failed, none come. */
  get away(): boolean {
    return this.registration === 'failed';
  }

  /**
   * Whether the trunk answers, and with `account` whether it knows us; changes nothing there. Throws SIP_REFUSED,
   * SIP_TIMEOUT or NOT_SUPPORTED.
   */
  async askTrunk(account: boolean): Promise<void> {
    const { trunk } = this.agent;
    if (!trunk) throw fault('NOT_SUPPORTED', 'a question to the trunk', 'none is configured');
    const registration = new Registration(this.#registrationHost(), trunk);
    return account ? registration.query() : registration.ping();
  }

  held(): { legs: number; transactions: number } {
    return { legs: this.#dialogs.size + this.#outgoing.size, transactions: this.transactions.size };
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
    const headers: HeaderLines = [
      ['Allow', allowed],
      ['Content-Type', 'application/sdp'],
    ];
    const { dialog, response, ...ends } = await this.#outgoing.place(uri, from, offer, headers, options);
    const remoteSdp = sdpOf(header(response, 'content-type'), response.body) ?? '';
    return SipLeg.outbound(this.#legHost(), dialog, response, { ...ends, remoteSdp, localSdp: offer });
  }

  /** BYE for every call; peers that do not answer get as long as a few repeats take. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#outgoing.close();
    const unregistered = within(this.#registration?.stop() ?? Promise.resolve(), unregisterWaitMs);
    await within(Promise.all(this.#dialogs.all().map((leg) => leg.hangup())), stopWaitMs);
    await unregistered;
    this.alarms.close();
    this.transactions.close();
    await this.#transport.close();
  }
}
