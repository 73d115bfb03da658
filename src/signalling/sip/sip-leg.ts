/** One dialog of the own user agent as a leg: answers, transfers, ends; what is described meanwhile is in `offers.ts`. */
import { fault } from '../../errors.js';
import { destinationUri } from '../destination.js';
import { infoDigit } from '../dtmf.js';
import type { Leg, LegEnd, LegHandlers, LegTransfer } from '../leg.js';
import { unhandled } from '../reoffer.js';
import { Transfer } from '../transfer.js';
import type { Alarms } from './alarms.js';
import { Dialog, newTag } from './dialog.js';
import { contentType, header, uriOf } from './headers.js';
import type { HeaderLines, ResponseParts, SipRequest, SipResponse } from './message.js';
import { allowed, Offers } from './offers.js';
import type { Peer } from './peer.js';
import { answerRefer } from './referred.js';
import type { Serving } from './serving.js';
import { SessionClock } from './session-clock.js';
import { agreed, type SessionLimits } from './session-timer.js';
import { hostText, parseUri } from './uri.js';
import type { Asked, Content } from './user-agent.js';
import { within } from './within.js';

/** Longest that hanging up waits for the answer to BYE; the transaction goes on alone. */
const byeWaitMs = 2000;

/** What a leg needs of the server. */
export interface SipLegHost {
  readonly alarms: Alarms;
  readonly limits: SessionLimits;
  /** Our Contact, as this peer can reach it. */
  contact(peer: Peer): string;
  /** Sends a request in the dialog; resolves with its final response, undefined when none came. */
  request(dialog: Dialog, method: string, content?: Content): Promise<Asked>;
  /** The dialog exists from now on: its requests are this leg's. */
  established(leg: SipLeg, dialog: Dialog): void;
  /** The leg is over and may be forgotten. */
  released(leg: SipLeg): void;
}

interface LegParts {
  key: string;
  from: string;
  to: string;
  remoteSdp: string;
  localSdp: string;
}

export class SipLeg implements Leg {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly calledUser: string;
  readonly parameters = {};
  readonly remoteSdp: string;
  readonly #tag = newTag();
  readonly #offers: Offers;
  readonly #session: SessionClock;
  #handlers: LegHandlers = unhandled;
  #dialog: Dialog | undefined;
  /** The INVITE that made the leg, of an inbound one. */
  #invite: Serving | undefined;
  #transfer: Transfer | undefined;
  #over = false;
  #peerLeft = false;

  private constructor(
    readonly host: SipLegHost,
    readonly direction: 'inbound' | 'outbound',
    parts: LegParts,
  ) {
    this.key = parts.key;
    this.from = parts.from;
    this.to = parts.to;
    this.calledUser = parseUri(parts.to)?.user ?? '';
    this.remoteSdp = parts.remoteSdp;
    this.#session = new SessionClock(host.alarms, {
      refresh: () => void this.#offers.refresh(),
      expire: () => this.#lost('failed', 'the session was not refreshed'),
    });
    this.#offers = this.#exchange(parts);
  }

  #exchange({ localSdp, remoteSdp }: LegParts): Offers {
    const { alarms, limits } = this.host;
    const host = {
      tag: this.#tag,
      direction: this.direction,
      alarms,
      limits,
      session: this.#session,
      handlers: () => this.#handlers,
      contact: () => this.#contact,
      request: (method: string, content: Content) => this.#request(method, content),
      isOver: () => this.#over,
      lost: (end: LegEnd, detail: string) => this.#lost(end, detail),
    };
    return new Offers(host, localSdp, remoteSdp);
  }

  static inbound(host: SipLegHost, serving: Serving, key: string, remoteSdp: string): SipLeg {
    const { request } = serving;
    const from = uriOf(header(request, 'from'));
    const leg = new SipLeg(host, 'inbound', { key, from, to: request.uri, remoteSdp, localSdp: '' });
    leg.#invite = serving;
    leg.#offers.learn(request);
    serving.toTag = leg.#tag;
    serving.onCancelled = () => leg.#cancelled();
    return leg;
  }

  /** Made by the 2xx to our INVITE. */
  static outbound(host: SipLegHost, dialog: Dialog, answer: SipResponse, parts: Omit<LegParts, 'key'>): SipLeg {
    const leg = new SipLeg(host, 'outbound', { ...parts, key: dialog.callId });
    leg.#dialog = dialog;
    leg.#offers.learn(answer);
    leg.#session.renew(agreed(answer, host.limits));
    host.established(leg, dialog);
    return leg;
  }

  get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  get invite(): Serving | undefined {
    return this.#invite;
  }

  handle(handlers: LegHandlers): void {
    this.#handlers = handlers;
  }

  ringing(): void {
    if (!this.#dialog) this.#respond(180, 'Ringing', { headers: [['Contact', this.#contact]] });
  }

  #respond(status: number, reason: string, parts: ResponseParts = {}): void {
    this.#invite?.respond(status, reason, { toTag: this.#tag, ...parts });
  }

  get signallingIp(): string | undefined {
    return this.#invite?.peer.ip;
  }

  get #contact(): string {
    const peer = this.#invite?.peer ?? this.#dialog?.nextHop;
    return peer ? this.host.contact(peer) : '';
  }

  async #request(method: string, content: Content = {}): Promise<Asked> {
    return this.#dialog ? this.host.request(this.#dialog, method, content) : { cseq: 0, response: undefined };
  }

  /** Rejects with CALL_ENDED when the call ends before the ACK, with SIP_TIMEOUT when no ACK comes. */
  async answer(sdp: string): Promise<string> {
    const invite = this.#invite;
    if (!invite || this.#dialog || this.#over) throw fault('CALL_ENDED', this.key);
    this.#dialog = Dialog.answered(invite.request, this.#tag, invite.peer);
    this.host.established(this, this.#dialog);
    return this.#offers.accept(invite, sdp);
  }

  acknowledged(ack: SipRequest): void {
    this.#offers.acknowledged(ack);
  }

  /** The call cannot go on: BYE, and whoever handles it is told. */
  #lost(end: LegEnd, detail: string): void {
    if (this.#over) return;
    void this.hangup();
    this.#handlers.onEnded(end, detail);
  }

  async refuse(status: number, reason: string, retryAfterS?: number): Promise<void> {
    if (this.#dialog) return this.hangup();
    this.#respond(status, reason, retryAfterS ? { headers: [['Retry-After', `${retryAfterS}`]] } : {});
    this.#leave();
    this.host.released(this);
  }

  #cancelled(): void {
    if (this.#dialog) return;
    this.#respond(487, 'Request Terminated');
    this.#end('cancelled', 'the caller gave up');
  }

  /** A request inside the dialog, in order. */
  request(serving: Serving): void {
    const { method } = serving.request;
    if (method === 'BYE') this.#bye(serving);
    else if (this.#over) serving.respond(481, 'Call/Transaction Does Not Exist');
    else if (method === 'INVITE') this.#describe(serving, this.#offers.reinvite(serving));
    else if (method === 'UPDATE') this.#describe(serving, this.#offers.update(serving));
    else if (method === 'INFO') this.#info(serving);
    else if (method === 'NOTIFY') this.#notify(serving);
    else if (method === 'REFER') answerRefer(serving, this.#handlers, (content) => this.#report(content));
    else if (method === 'OPTIONS') serving.respond(200, 'OK', { headers: [['Allow', allowed]] });
    else serving.respond(405, 'Method Not Allowed', { headers: [['Allow', allowed]] });
  }

  /** Both may move the peer. */
  #describe({ request, peer }: Serving, described: Promise<void>): void {
    this.#dialog?.retarget(request, peer);
    void described;
  }

  #bye(serving: Serving): void {
    serving.respond(200, 'OK');
    this.#peerLeft = true;
    this.#end(this.#transfer?.ended() ? 'transferred' : 'hangup', header(serving.request, 'reason'));
  }

  #info(serving: Serving): void {
    const { body } = serving.request;
    const found = infoDigit(contentType(serving.request), body);
    if (found) this.#handlers.onDigit(found.digit, found.durationMs);
    if (found || body === '') serving.respond(200, 'OK');
    else serving.respond(415, 'Unsupported Media Type', acceptDigits);
  }

  #notify(serving: Serving): void {
    const { request } = serving;
    if (!/^refer\b/i.test(header(request, 'event'))) return serving.respond(489, 'Bad Event', allowRefer);
    if (!this.#transfer) return serving.respond(481, 'Subscription Does Not Exist');
    serving.respond(200, 'OK');
    this.#transfer.notified(request.body, header(request, 'subscription-state'));
  }

  /** How the call goes that the peer asked for; nobody is told when it left. */
  #report({ headers = [], body = '' }: Content): void {
    if (!this.#over) void this.#request('NOTIFY', { headers: [...headers, ['Contact', this.#contact]], body });
  }

  async transfer(destination: string): Promise<LegTransfer> {
    const dialog = this.#dialog;
    if (!dialog || this.#over) throw fault('CALL_ENDED', this.key);
    if (this.#transfer?.undecided) throw fault('NOT_SUPPORTED', 'a second transfer', 'the first is under way');
    const target = destinationUri(destination, hostText(parseUri(dialog.localUri)?.host ?? ''));
    const transfer = new Transfer();
    this.#transfer = transfer;
    const headers: HeaderLines = [
      ['Refer-To', `<${target}>`],
      ['Referred-By', `<${dialog.localUri}>`],
      ['Contact', this.#contact],
    ];
    const { response } = await this.host.request(dialog, 'REFER', { headers });
    transfer.answered(response?.status ?? 408, response?.reason ?? 'REFER was not answered');
    // The peer knows no such dialog any more (RFC 5057, 5).
    if (response?.status === 481) this.#end('failed', 'REFER: 481');
    return transfer.outcome;
  }

  async hangup(): Promise<void> {
    const dialog = this.#dialog;
    if (!dialog) return this.#over ? undefined : this.refuse(480, 'Temporarily Unavailable');
    if (!this.#leave()) return;
    await this.#offers.settled;
    this.host.released(this);
    if (!this.#peerLeft) await within(this.host.request(dialog, 'BYE'), byeWaitMs);
  }

  #end(end: LegEnd, detail: string): void {
    const told = this.#leave();
    this.host.released(this);
    this.#offers.release(fault('CALL_ENDED', this.key));
    if (told) this.#handlers.onEnded(end, detail);
  }

  /** False when it was over before. */
  #leave(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#session.stop();
    this.#transfer?.ended();
    return true;
  }
}

const acceptDigits: ResponseParts = { headers: [['Accept', 'application/dtmf-relay, application/dtmf']] };
const allowRefer: ResponseParts = { headers: [['Allow-Events', 'refer']] };
