/** One dialog of the own user agent as a leg: answers, transfers, ends; what is described meanwhile is in `offers.ts`. */
import { fault } from '../../errors.js';
import { destinationUri } from '../destination.js';
import { allowed, answerInfo, answerMessage } from '../in-dialog.js';
import type { Leg, LegEnd, LegHandlers, LegParameters, LegTransfer } from '../leg.js';
import { answerRefer } from '../referred.js';
import { unhandled } from '../reoffer.js';
import { Transfer } from '../transfer.js';
import type { Alarms } from './alarms.js';
import { Dialog, newTag } from './dialog.js';
import { header, uriOf } from './headers.js';
import type { HeaderLines, ResponseParts, SipRequest, SipResponse } from './message.js';
import { Offers } from './offers.js';
import type { Peer } from './peer.js';
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
  /** What the call asks for; nothing where it may not. */
  wishes(serving: Serving): LegParameters;
  /** Requests in its dialog are this leg's from now on. */
  begun(leg: SipLeg): void;
  /** The leg is over and may be forgotten. */
  released(leg: SipLeg): void;
}

interface LegParts {
  key: string;
  dialog: Dialog;
  from: string;
  to: string;
  remoteSdp: string;
  localSdp: string;
  parameters?: LegParameters;
}

export class SipLeg implements Leg {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly calledUser: string;
  readonly parameters: LegParameters;
  readonly remoteSdp: string;
  /** Stands from the INVITE on: the caller may use it as soon as it knows our tag. */
  readonly dialog: Dialog;
  readonly #offers: Offers;
  readonly #session: SessionClock;
  #handlers: LegHandlers = unhandled;
  /** The INVITE that made the leg, of an inbound one. */
  #invite: Serving | undefined;
  #transfer: Transfer | undefined;
  #answered = false;
  #over = false;
  #peerLeft = false;

  private constructor(
    readonly host: SipLegHost,
    readonly direction: 'inbound' | 'outbound',
    parts: LegParts,
  ) {
    this.key = parts.key;
    this.dialog = parts.dialog;
    this.from = parts.from;
    this.to = parts.to;
    this.calledUser = parseUri(parts.to)?.user ?? '';
    this.remoteSdp = parts.remoteSdp;
    this.parameters = parts.parameters ?? {};
    this.#session = new SessionClock(host.alarms, {
      refresh: () => void this.#offers.refresh(),
      expire: () => this.#lost('failed', 'the session was not refreshed'),
    });
    this.#offers = this.#exchange(parts);
  }

  #exchange({ localSdp, remoteSdp }: LegParts): Offers {
    const { alarms, limits } = this.host;
    const host = {
      tag: this.dialog.localTag,
      direction: this.direction,
      alarms,
      limits,
      session: this.#session,
      handlers: () => this.#handlers,
      contact: () => this.#contact,
      request: (method: string, content: Content) => this.#request(method, content),
      isOver: () => this.#over,
      moved: ({ request, peer }: Serving) => this.dialog.retarget(request, peer),
      lost: (end: LegEnd, detail: string) => this.#lost(end, detail),
    };
    return new Offers(host, localSdp, remoteSdp);
  }

  static inbound(host: SipLegHost, serving: Serving, key: string, remoteSdp: string): SipLeg {
    const { request } = serving;
    const dialog = Dialog.invited(request, newTag(), serving.peer);
    const from = uriOf(header(request, 'from'));
    const parameters = host.wishes(serving);
    const ends = { key, dialog, from, to: request.uri };
    const leg = new SipLeg(host, 'inbound', { ...ends, remoteSdp, localSdp: '', parameters });
    leg.#invite = serving;
    leg.#offers.invited(serving);
    serving.toTag = dialog.localTag;
    serving.onCancelled = () => leg.#cancelled();
    host.begun(leg);
    return leg;
  }

  /** Made by the 2xx to our INVITE. */
  static outbound(
    host: SipLegHost,
    dialog: Dialog,
    answer: SipResponse,
    parts: Omit<LegParts, 'key' | 'dialog'>,
  ): SipLeg {
    const leg = new SipLeg(host, 'outbound', { ...parts, dialog, key: dialog.callId });
    leg.#answered = true;
    leg.#offers.learn(answer);
    leg.#session.renew(agreed(answer, host.limits));
    host.begun(leg);
    return leg;
  }

  get invite(): Serving | undefined {
    return this.#invite;
  }

  handle(handlers: LegHandlers): void {
    this.#handlers = handlers;
  }

  ringing(earlySdp?: string): void {
    if (this.#answered) return;
    const contact = ['Contact', this.#contact] as const;
    if (earlySdp === undefined) return this.#respond(180, 'Ringing', { headers: [contact] });
    const headers: HeaderLines = [contact, ['Content-Type', 'application/sdp']];
    this.#respond(183, 'Session Progress', { headers, body: earlySdp });
  }

  #respond(status: number, reason: string, parts: ResponseParts = {}): void {
    this.#invite?.respond(status, reason, { toTag: this.dialog.localTag, ...parts });
  }

  get signallingIp(): string | undefined {
    return this.#invite?.peer.ip;
  }

  get #contact(): string {
    return this.host.contact(this.#invite?.peer ?? this.dialog.nextHop);
  }

  #request(method: string, content: Content = {}): Promise<Asked> {
    return this.host.request(this.dialog, method, content);
  }

  /** Rejects with CALL_ENDED when the call ends before the ACK, with SIP_TIMEOUT when no ACK comes. */
  async answer(sdp: string): Promise<string> {
    const invite = this.#invite;
    if (!invite || this.#answered || this.#over) throw fault('CALL_ENDED', this.key);
    this.#answered = true;
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
    if (this.#answered) return this.hangup();
    this.#respond(status, reason, retryAfterS ? { headers: [['Retry-After', `${retryAfterS}`]] } : {});
    this.#leave();
    this.host.released(this);
  }

  #cancelled(): void {
    if (this.#answered) return;
    this.#respond(487, 'Request Terminated');
    this.#end('cancelled', 'the caller gave up');
  }

  /** A request inside the dialog, in order. */
  request(serving: Serving): void {
    const { method } = serving.request;
    if (method === 'BYE') this.#bye(serving);
    else if (this.#over) serving.respond(481, 'Call/Transaction Does Not Exist');
    else if (method === 'INVITE') void this.#offers.reinvite(serving);
    else if (method === 'UPDATE') void this.#offers.update(serving);
    else if (method === 'INFO') this.#take(serving, answerInfo);
    else if (method === 'MESSAGE') this.#take(serving, answerMessage);
    else if (method === 'NOTIFY') this.#notify(serving);
    else if (method === 'REFER') this.#referred(serving);
    else if (method === 'OPTIONS') serving.respond(200, 'OK', { headers: [['Allow', allowed]] });
    else serving.respond(405, 'Method Not Allowed', { headers: [['Allow', allowed]] });
  }

  #bye(serving: Serving): void {
    serving.respond(200, 'OK');
    this.#peerLeft = true;
    // Before the answer it means what CANCEL means (RFC 3261, 15.1.2).
    if (!this.#answered) return this.#cancelled();
    this.#end(this.#transfer?.ended() ? 'transferred' : 'hangup', header(serving.request, 'reason'));
  }

  #take(serving: Serving, answer: typeof answerInfo): void {
    const { request } = serving;
    const { status, reason, content } = answer(request, request.body, this.#handlers);
    serving.respond(status, reason, content);
  }

  #notify(serving: Serving): void {
    const { request } = serving;
    if (!/^refer\b/i.test(header(request, 'event'))) return serving.respond(489, 'Bad Event', allowRefer);
    if (!this.#transfer) return serving.respond(481, 'Subscription Does Not Exist');
    serving.respond(200, 'OK');
    this.#transfer.notified(request.body, header(request, 'subscription-state'));
  }

  /** How the call goes that the peer asks for; nobody is told when it left. */
  #referred(serving: Serving): void {
    answerRefer(serving.request, this.#handlers, {
      respond: (status, reason) => serving.respond(status, reason),
      notify: (headers, body) => {
        if (!this.#over) void this.#request('NOTIFY', { headers: [...headers, ['Contact', this.#contact]], body });
      },
    });
  }

  async transfer(destination: string): Promise<LegTransfer> {
    const { dialog } = this;
    if (!this.#answered || this.#over) throw fault('CALL_ENDED', this.key);
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
    if (!this.#answered) return this.#over ? undefined : this.refuse(480, 'Temporarily Unavailable');
    if (!this.#leave()) return;
    await this.#offers.settled;
    this.host.released(this);
    if (!this.#peerLeft) await within(this.#request('BYE'), byeWaitMs);
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

const allowRefer: ResponseParts = { headers: [['Allow-Events', 'refer']] };
