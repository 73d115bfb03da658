/**
 * OpenSIPS B2B sessions as a way in and out: subscribes to their events, makes a leg of each new one, and keeps what
 * OpenSIPS holds and what we hold the same. Wire facts: b2b_entities and mi_datagram of OpenSIPS 3.6 and 4.x.
 */
import { fault, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import type { Leg, LegParameters, PlaceOptions, Signalling } from '../leg.js';
import { sdpOf } from '../sdp-body.js';
import { header, uriOf } from '../sip/headers.js';
import { parseUri } from '../sip/uri.js';
import { reply } from './commands.js';
import type { UaEvent } from './event.js';
import { EventSubscription } from './events.js';
import { extraParameters } from './extra-params.js';
import { MiClient } from './mi.js';
import { PastKeys } from './past-keys.js';
import { Placements } from './placements.js';
import { Reconciliation } from './reconciliation.js';
import { SessionJournal } from './session-journal.js';
import { SessionLeg } from './session-leg.js';

export interface OpenSipsOptions {
  miIp: string;
  miPort: number;
  eventIp: string;
  /** 0 for any free one. */
  eventPort: number;
  /** Longest wait for an MI answer. */
  timeoutMs: number;
  /** Lifetime of the subscription. */
  expireS: number;
  /** Of this connector, where several share one OpenSIPS: only calls that name it are its own. Empty: all are. */
  connector: string;
  /** File that remembers sessions beyond a crash; undefined for none. */
  journal: string | undefined;
  log: Log;
}

export class OpenSipsSignalling implements Signalling {
  readonly name = 'opensips';
  readonly mi: MiClient;
  readonly log: Log;
  readonly #legs = new Map<string, SessionLeg>();
  /** Ended here, and not yet known to be ended there. */
  readonly #ending = new Set<string>();
  readonly #past = new PastKeys();
  readonly #placements: Placements;
  readonly #events: EventSubscription;
  readonly #reconciliation: Reconciliation;
  readonly journal: SessionJournal;
  readonly shared: boolean;
  #onLeg: (leg: Leg) => void = () => undefined;
  #stopping = false;
  #strays = 0;

  constructor(readonly options: OpenSipsOptions) {
    const { miIp, miPort, eventIp, eventPort, timeoutMs, expireS, log } = options;
    this.log = log;
    this.shared = options.connector !== '';
    this.journal = openJournal(options);
    this.#reconciliation = new Reconciliation(this);
    this.mi = new MiClient({ ip: miIp, port: miPort, timeoutMs, log });
    this.#placements = new Placements(this);
    this.#events = new EventSubscription({ ip: eventIp, port: eventPort, expireS, log }, this.mi, {
      onEvent: (event) => this.#take(event),
      onRenewed: (returned) => void this.#reconciliation.compare(returned),
    });
  }

  /**
   * Subscribes, then ends what an earlier run left; while OpenSIPS is away both are tried again and again. Throws
   * LISTEN_FAILED or MI_ERROR.
   */
  async start(onLeg: (leg: Leg) => void): Promise<{ address: string; port: number }> {
    this.#onLeg = onLeg;
    try {
      await this.mi.open();
      await this.#events.open();
      if (!this.#events.away) await this.#reconciliation.endLeftovers();
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
    return this.#events.address;
  }

  get away(): boolean {
    return this.#events.away;
  }

  held(): { legs: number; transactions: number } {
    return { legs: this.#legs.size + this.#placements.size, transactions: this.mi.pending };
  }

  /** Datagrams that were refused, and events of sessions that nobody knows: what a monitor should see stay low. */
  get strays(): number {
    return this.#strays + this.#events.refused + this.mi.strays;
  }

  holds(key: string): boolean {
    return this.#legs.has(key) || this.#ending.has(key) || this.#placements.mayHold(key);
  }

  answered(): string[] {
    return [...this.#legs.values()].filter(({ answered }) => answered).map(({ key }) => key);
  }

  gone(key: string): void {
    this.#legs.get(key)?.gone('OpenSIPS does not know the session any more');
  }

  released(leg: SessionLeg): void {
    if (this.#legs.get(leg.key) !== leg) return;
    this.#legs.delete(leg.key);
    this.#past.add(leg.key);
    this.#ending.add(leg.key);
  }

  /** OpenSIPS has ended the session too; without `sure` it was asked and did not answer. */
  settled(key: string, sure: boolean): void {
    this.#ending.delete(key);
    if (sure) this.journal.remove(key);
  }

  #take(event: UaEvent): void {
    const leg = this.#legs.get(event.key);
    if (leg) return leg.take(event);
    if (event.entity === 'UAC' && this.#placements.take(event)) return;
    if (event.entity === 'UAS' && event.type === 'NEW' && !this.#past.has(event.key)) return this.#new(event);
    if (event.type === 'TERMINATED' && event.method === 'CANCEL') return this.#cancelledFirst(event);
    const answered = event.type === 'ANSWERED' && event.method === 'INVITE';
    // A call that we gave up or lost sight of was answered: nobody else will end it.
    if (answered && (this.#placements.gaveUp(event.key) || !this.shared)) this.#end(event.key);
    if (!this.shared && !this.#past.has(event.key)) this.#strays++;
  }

  /** Workers of OpenSIPS send for themselves: a CANCEL may come before the NEW that it cancels. */
  #cancelledFirst({ key }: UaEvent): void {
    if (this.#past.has(key) || this.shared) return;
    this.#past.add(key);
    this.mi
      .call('ua_session_reply', reply(key, 'INVITE', 487, 'Request Terminated'))
      .catch(() => undefined)
      .then(() => this.#end(key));
  }

  /** Each NEW needs a final answer on every path: no timer of OpenSIPS ends it. */
  #new(event: UaEvent): void {
    const { connector, ...parameters } = extraParameters(event.extraParams ?? '');
    if (this.shared && connector !== this.options.connector) return;
    const sdp = sdpOf(header(event, 'content-type'), event.body ?? '');
    const leg = this.#legOf(event, sdp ?? '', parameters);
    this.#legs.set(leg.key, leg);
    this.journal.add(leg.key);
    if (this.#stopping) void leg.refuse(503, 'Service Unavailable');
    else if (event.body === undefined) this.#refuseBodiless(event, leg);
    else if (sdp === undefined) void leg.refuse(415, 'Unsupported Media Type');
    else this.#onLeg(leg);
  }

  #legOf(event: UaEvent, remoteSdp: string, parameters: LegParameters): SessionLeg {
    const from = uriOf(header(event, 'from'));
    const to = uriOf(header(event, 'to'));
    return new SessionLeg(this, {
      key: event.key,
      direction: 'inbound',
      from,
      to,
      remoteSdp,
      localSdp: '',
      parameters,
    });
  }

  /** Not the same as an INVITE without SDP, which would get an offer: here the caller may have made one. */
  #refuseBodiless(event: UaEvent, leg: SessionLeg): void {
    if (header(event, 'content-type') !== '') return void leg.refuse(411, 'Length Required');
    this.log.error({ callId: event.key }, 'event without a body: ua_session_server_init needs the flags "rbh"');
    void leg.refuse(500, 'Server Internal Error');
  }

  async place(uri: string, from: string, offer: string, options: PlaceOptions = {}): Promise<Leg> {
    if (!parseUri(uri)) throw fault('NOT_SUPPORTED', 'this destination', 'expected a sip: URI');
    const caller = parseUri(from) ? from : `sip:${from}@${this.#events.address.address}`;
    const { key, answer } = await this.#placements.place(uri, caller, offer, options);
    const remoteSdp = sdpOf(header(answer, 'content-type'), answer.body ?? '') ?? '';
    const leg = new SessionLeg(this, { key, direction: 'outbound', from: caller, to: uri, remoteSdp, localSdp: offer });
    this.#legs.set(key, leg);
    return leg;
  }

  #end(key: string): void {
    this.mi.call('ua_session_terminate', { key }).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#placements.close();
    await Promise.all([...this.#legs.values()].map((leg) => leg.hangup()));
    await this.#events.close();
    await this.mi.close();
  }
}

/** Without a journal a crash is mended by the list of OpenSIPS alone: worth a warning, not a refusal to start. */
function openJournal({ journal, log }: OpenSipsOptions): SessionJournal {
  const failed = (thrown: unknown) =>
    log.warn({ file: journal, reason: reasonOf(thrown) }, 'sessions in progress cannot be written down');
  try {
    return new SessionJournal(journal, failed);
  } catch (thrown) {
    failed(thrown);
    return new SessionJournal(undefined);
  }
}
