/**
 * OpenSIPS B2B sessions as a way in and out: subscribes to their events, makes a leg of each new one, and keeps what
 * OpenSIPS holds and what we hold the same. Wire facts: b2b_entities and mi_datagram of OpenSIPS 3.6 and 4.x.
 */
import { fault, OavcError, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import type { Leg, PlaceOptions, Signalling } from '../leg.js';
import { sdpOf } from '../sdp-body.js';
import { header, uriOf } from '../sip/headers.js';
import { parseUri } from '../sip/uri.js';
import { reply } from './commands.js';
import type { UaEvent } from './event.js';
import { EventSubscription } from './events.js';
import { extraParameters } from './extra-params.js';
import { MiClient } from './mi.js';
import { Placements } from './placements.js';
import { SessionLeg } from './session-leg.js';
import { readSessionList } from './session-list.js';

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
  log: Log;
}

export class OpenSipsSignalling implements Signalling {
  readonly name = 'opensips';
  readonly mi: MiClient;
  readonly log: Log;
  readonly #legs = new Map<string, SessionLeg>();
  readonly #placements: Placements;
  readonly #events: EventSubscription;
  #onLeg: (leg: Leg) => void = () => undefined;
  #stopping = false;
  #auditing = false;
  #strays = 0;

  constructor(readonly options: OpenSipsOptions) {
    const { miIp, miPort, eventIp, eventPort, timeoutMs, expireS, log } = options;
    this.log = log;
    this.mi = new MiClient({ ip: miIp, port: miPort, timeoutMs, log });
    this.#placements = new Placements(this);
    this.#events = new EventSubscription({ ip: eventIp, port: eventPort, expireS, log }, this.mi, {
      onEvent: (event) => this.#take(event),
      onRenewed: (returned) => void this.#reconcile(returned),
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
      if (!this.#events.away) await this.#endLeftovers();
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

  released(leg: SessionLeg): void {
    if (this.#legs.get(leg.key) === leg) this.#legs.delete(leg.key);
  }

  #take(event: UaEvent): void {
    const leg = this.#legs.get(event.key);
    if (leg) return leg.take(event);
    if (event.entity === 'UAS' && event.type === 'NEW') return this.#new(event);
    if (event.entity === 'UAC' && this.#placements.take(event)) return;
    this.#strays++;
    // A call that we gave up or lost sight of was answered: nobody else will end it.
    if (event.type === 'ANSWERED' && event.method === 'INVITE') this.#end(event.key);
  }

  /** Each NEW needs a final answer on every path: no timer of OpenSIPS ends it. */
  #new(event: UaEvent): void {
    const sdp = sdpOf(header(event, 'content-type'), event.body ?? '');
    const leg = this.#legOf(event, sdp ?? '');
    this.#legs.set(leg.key, leg);
    if (this.#stopping) void leg.refuse(503, 'Service Unavailable');
    else if (event.body === undefined) this.#refuseBodiless(event, leg);
    else if (sdp === undefined) void leg.refuse(415, 'Unsupported Media Type');
    else this.#onLeg(leg);
  }

  #legOf(event: UaEvent, remoteSdp: string): SessionLeg {
    const from = uriOf(header(event, 'from'));
    const to = uriOf(header(event, 'to'));
    return new SessionLeg(this, {
      key: event.key,
      direction: 'inbound',
      from,
      to,
      remoteSdp,
      localSdp: '',
      parameters: extraParameters(event.extraParams ?? ''),
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

  /** After a silence of OpenSIPS it may hold calls that we never heard of, as at the start. */
  async #reconcile(returned: boolean): Promise<void> {
    if (this.#auditing) return;
    this.#auditing = true;
    try {
      if (returned) await this.#endLeftovers();
      await this.#audit();
    } catch (thrown) {
      this.log.warn({ reason: reasonOf(thrown) }, 'sessions could not be compared with those of OpenSIPS');
    } finally {
      this.#auditing = false;
    }
  }

  /** Ends every listed session that is not a leg of ours: its caller waits or hears nothing. */
  async #endLeftovers(): Promise<void> {
    const listed = await this.#list();
    const leftovers = listed.filter(({ key }) => !this.#legs.has(key));
    if (leftovers.length > 0) this.log.warn({ sessions: leftovers.length }, 'ending sessions of an earlier run');
    for (const { key, waiting } of leftovers) {
      if (waiting) await this.mi.call('ua_session_reply', unavailable(key)).catch(refused);
      await this.mi.call('ua_session_terminate', { key }).catch(refused);
    }
  }

  /** More than about 115 sessions do not fit the answer, which then is an error: they end by their own limits. */
  async #list() {
    try {
      return readSessionList(await this.mi.call('ua_session_list'));
    } catch (thrown) {
      refused(thrown);
      this.log.error({ reason: reasonOf(thrown) }, 'OpenSIPS cannot list its sessions; those of an earlier run stay');
      return [];
    }
  }

  /** Asks for each call whether OpenSIPS still has it: no event says so after its restart. One command at a time. */
  async #audit(): Promise<void> {
    for (const leg of [...this.#legs.values()].filter(({ answered }) => answered)) {
      const known = await this.mi.call('ua_session_list', { key: leg.key }).then(() => true, isKnown);
      if (!known) leg.gone('OpenSIPS does not know the session any more');
    }
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

const unavailable = (key: string) => reply(key, 'INVITE', 503, 'Service Unavailable');

/** An error answer means that there is nothing to do any more; no answer means that OpenSIPS is away. */
function refused(thrown: unknown): void {
  if (!(thrown instanceof OavcError && thrown.code === 'MI_ERROR')) throw thrown;
}

/** 404 is the one answer that says no. */
function isKnown(thrown: unknown): boolean {
  refused(thrown);
  return !/: 404 /.test(reasonOf(thrown));
}
