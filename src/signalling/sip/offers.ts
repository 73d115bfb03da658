/**
 * Descriptions that are exchanged while a call runs (RFC 3261, 14; RFC 3311), theirs and ours: one at a time in both
 * directions together, refusals that say so where two cross (491), and the ACKs that our 2xx wait for. Each exchange
 * also renews the session (RFC 4028).
 */
import { fault } from '../../errors.js';
import { allowed } from '../in-dialog.js';
import type { LegHandlers } from '../leg.js';
import { answerReoffer } from '../reoffer.js';
import { sdpOf } from '../sdp-body.js';
import type { Alarms } from './alarms.js';
import { cseqOf, type Headed, header } from './headers.js';
import type { HeaderLines, ResponseParts, SipRequest, SipResponse } from './message.js';
import type { Serving } from './serving.js';
import type { SessionClock } from './session-clock.js';
import { agree, agreed, type SessionLimits, secondsOf, wish } from './session-timer.js';
import type { Asked, Content } from './user-agent.js';

/** What the exchange of descriptions needs of its leg. */
export interface OffersHost {
  readonly tag: string;
  readonly direction: 'inbound' | 'outbound';
  readonly alarms: Alarms;
  readonly limits: SessionLimits;
  readonly session: SessionClock;
  handlers(): LegHandlers;
  contact(): string;
  request(method: string, content: Content): Promise<Asked>;
  isOver(): boolean;
  /** An accepted request of theirs says where the peer is now (RFC 3261, 12.2.2). */
  moved(serving: Serving): void;
  /** The call cannot go on: it is hung up, and whoever handles it is told. */
  lost(end: 'no-ack' | 'failed', detail: string): void;
}

interface AwaitedAck {
  serving: Serving;
  /** Our offer went into the 2xx to a re-INVITE; the answer comes in its ACK. */
  answerDue: boolean;
  acknowledged: Promise<string>;
  resolve(sdp: string): void;
  reject(reason: unknown): void;
}

/**
 * After two offers crossed: whoever made the call waits for longer, so that they do not cross again (RFC 3261, 14.1).
 * `chance` is 0 to 1.
 */
export const glareWaitMs = (madeTheCall: boolean, chance: number): number =>
  10 * Math.round(madeTheCall ? 210 + 190 * chance : 200 * chance);

const busyWaitMs = 1000;

export class Offers {
  readonly #acks = new Map<number, AwaitedAck>();
  /** The request of theirs that is not answered yet. */
  #theirs: Serving | undefined;
  #ours = false;
  #minS = 0;
  /** Whether the peer takes UPDATE: then a refresh needs no description. */
  #updates = false;

  constructor(
    readonly host: OffersHost,
    private local: string,
    private remote: string,
  ) {}

  /** What the peer's INVITE or 2xx says that it can. */
  learn(message: Headed): void {
    this.#updates = (message.headers.allow ?? []).some((method) => method.toUpperCase() === 'UPDATE');
  }

  /** Until it is answered, no other offer of theirs is. */
  invited(serving: Serving): void {
    this.learn(serving.request);
    this.#theirs = serving;
  }

  /** No BYE may be sent while a 2xx of ours waits for its ACK (RFC 3261, 15). */
  get settled(): Promise<unknown> {
    return Promise.allSettled([...this.#acks.values()].map(({ acknowledged }) => acknowledged));
  }

  /** 2xx with this description; resolves with the SDP of its ACK. Rejects with SIP_TIMEOUT when no ACK comes. */
  accept(serving: Serving, sdp: string, answerDue = false): Promise<string> {
    this.local = sdp;
    this.#theirs = undefined;
    const { number } = cseqOf(serving.request);
    let settle: Pick<AwaitedAck, 'resolve' | 'reject'> = { resolve: () => undefined, reject: () => undefined };
    const acknowledged = new Promise<string>((resolve, reject) => {
      settle = { resolve, reject };
    });
    acknowledged.catch(() => undefined);
    this.#acks.set(number, { serving, answerDue, acknowledged, ...settle });
    serving.onUnacknowledged = () => this.#unacknowledged(number);
    serving.respond(200, 'OK', { toTag: this.host.tag, ...this.#described(serving.request, sdp) });
    return acknowledged;
  }

  #described(request: SipRequest, body: string): ResponseParts {
    const headers: HeaderLines = [
      ['Contact', this.host.contact()],
      ['Allow', allowed],
      ['Supported', 'timer'],
      ...this.#renewed(request),
      ...(body === '' ? [] : ([['Content-Type', 'application/sdp']] as const)),
    ];
    return { headers, body };
  }

  /** A request of theirs that is accepted renews the session; what our 2xx says of it. */
  #renewed(request: SipRequest): HeaderLines {
    const { session, limits } = this.host;
    const agreement = agree(request, limits, session.refresher);
    if (agreement.kind !== 'agreed') return [];
    session.renew(agreement.terms);
    return agreement.headers;
  }

  /** Nobody acknowledged our 2xx: the dialog stands, and is ended (RFC 3261, 13.3.1.4 and 14.2). */
  #unacknowledged(number: number): void {
    const awaited = this.#acks.get(number);
    this.#acks.delete(number);
    awaited?.reject(fault('SIP_TIMEOUT', 'ACK'));
    if (awaited) this.host.lost('no-ack', 'the answer was never acknowledged');
  }

  acknowledged(ack: SipRequest): void {
    const { number } = cseqOf(ack);
    const awaited = this.#acks.get(number);
    if (!awaited) return;
    this.#acks.delete(number);
    awaited.serving.machine.acknowledged(awaited.serving.nowMs());
    const sdp = sdpOf(header(ack, 'content-type'), ack.body) ?? '';
    awaited.resolve(sdp);
    if (awaited.answerDue) this.#heard(sdp);
  }

  /** An answer of theirs says about the stream what an offer would say; the answer to it is nobody's. */
  #heard(sdp: string): void {
    if (sdp === '') return;
    this.remote = sdp;
    const refused = () => this.host.lost('failed', 'the answer to our offer cannot be used');
    this.host.handlers().onReoffer(sdp).catch(refused);
  }

  /** The peer left, or the call is over: our 2xx are repeated no more, and what is open is closed (15.1.2). */
  release(reason: unknown): void {
    this.#theirs?.respond(487, 'Request Terminated');
    for (const { serving, reject } of this.#acks.values()) {
      serving.machine.acknowledged(serving.nowMs());
      reject(reason);
    }
    this.#acks.clear();
  }

  async reinvite(serving: Serving): Promise<void> {
    const sdp = sdpOf(header(serving.request, 'content-type'), serving.request.body);
    if (sdp === undefined) return serving.respond(415, 'Unsupported Media Type', acceptSdp);
    if (this.#crosses(serving) || this.#tooShort(serving)) return;
    this.#theirs = serving;
    serving.onCancelled = () => serving.respond(487, 'Request Terminated');
    const answer = await answerReoffer(this.host.handlers(), sdp, this.local);
    this.#theirs = undefined;
    if (answer.sdp === undefined) return serving.respond(answer.status, answer.reason);
    if (serving.machine.state !== 'trying') return;
    if (sdp !== '') this.remote = sdp;
    this.host.moved(serving);
    void this.accept(serving, answer.sdp, sdp === '');
  }

  /** Without a description it only refreshes the session or moves the peer. */
  async update(serving: Serving): Promise<void> {
    const { request } = serving;
    const sdp = sdpOf(header(request, 'content-type'), request.body);
    if (sdp === undefined) return serving.respond(415, 'Unsupported Media Type', acceptSdp);
    if ((sdp !== '' && this.#crosses(serving)) || this.#tooShort(serving)) return;
    if (sdp === '') return this.#updated(serving, '');
    this.#theirs = serving;
    const answer = await answerReoffer(this.host.handlers(), sdp, this.local);
    this.#theirs = undefined;
    if (answer.sdp === undefined) return serving.respond(answer.status, answer.reason);
    if (serving.machine.state !== 'trying') return;
    this.local = answer.sdp;
    this.remote = sdp;
    this.#updated(serving, answer.sdp);
  }

  #updated(serving: Serving, sdp: string): void {
    this.host.moved(serving);
    serving.respond(200, 'OK', this.#described(serving.request, sdp));
  }

  /** Ours is on its way: 491. One of theirs is not answered yet: 500, come again (RFC 3261, 14.2; RFC 3311, 5.2). */
  #crosses(serving: Serving): boolean {
    const awaited = [...this.#acks.values()].some(({ answerDue }) => answerDue);
    if (this.#ours || (awaited && serving.request.method === 'UPDATE')) serving.respond(491, 'Request Pending');
    else if (this.#theirs) serving.respond(500, 'Server Internal Error', { headers: [['Retry-After', '1']] });
    else return false;
    return true;
  }

  #tooShort(serving: Serving): boolean {
    const agreement = agree(serving.request, this.host.limits, this.host.session.refresher);
    if (agreement.kind === 'agreed') return false;
    serving.respond(422, 'Session Interval Too Small', { headers: [['Min-SE', `${agreement.minS}`]] });
    return true;
  }

  /** Our refresh: by UPDATE where the peer takes it, else by a re-INVITE with what was described last. */
  async refresh(): Promise<void> {
    if (this.host.isOver()) return;
    if (this.#theirs || this.#ours) return this.#again(busyWaitMs);
    this.#ours = true;
    const byUpdate = this.#updates;
    const { response } = await this.host.request(byUpdate ? 'UPDATE' : 'INVITE', this.#refreshing(byUpdate));
    this.#ours = false;
    if (!this.host.isOver()) this.#refreshed(response, byUpdate);
  }

  #refreshing(byUpdate: boolean): Content {
    const headers: HeaderLines = [
      ['Contact', this.host.contact()],
      ['Allow', allowed],
      ...wish(this.host.limits, this.#minS, 'uac'),
    ];
    return byUpdate ? { headers } : { headers: [...headers, ['Content-Type', 'application/sdp']], body: this.local };
  }

  #refreshed(response: SipResponse | undefined, byUpdate: boolean): void {
    const status = response?.status ?? 408;
    if (!response || status === 408 || status === 481) {
      this.host.lost('failed', `the peer does not know the call any more (${status})`);
    } else if (status < 300) {
      this.host.session.renew(agreed(response, this.host.limits, this.#minS));
      const sdp = sdpOf(header(response, 'content-type'), response.body) ?? '';
      // Most refreshes change nothing.
      if (sdp !== this.remote) this.#heard(sdp);
    } else if (status === 491) this.#again(glareWaitMs(this.host.direction === 'outbound', Math.random()));
    else if (status === 422 && this.#raise(secondsOf(response, 'min-se'))) this.#again(0);
    else if (byUpdate && (status === 405 || status === 501)) {
      this.#updates = false;
      this.#again(0);
    } else this.host.session.lapse();
  }

  #raise(minS = 0): boolean {
    const higher = minS > this.#minS;
    this.#minS = Math.max(minS, this.#minS);
    return higher;
  }

  #again(afterMs: number): void {
    this.host.alarms.set(afterMs, () => void this.refresh());
  }
}

export const acceptSdp: ResponseParts = { headers: [['Accept', 'application/sdp']] };
