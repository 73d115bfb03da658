/** One dialog of the own user agent as a leg: answers, acknowledges, re-offers, transfers, ends. */
import { fault } from '../../errors.js';
import { destinationUri } from '../destination.js';
import { infoDigit } from '../dtmf.js';
import type { Leg, LegEnd, LegHandlers, LegTransfer } from '../leg.js';
import { answerReoffer, unhandled } from '../reoffer.js';
import { sdpOf } from '../sdp-body.js';
import { Transfer } from '../transfer.js';
import { Dialog, newTag } from './dialog.js';
import { contentType, cseqOf, header, uriOf } from './headers.js';
import type { HeaderLines, ResponseParts, SipRequest } from './message.js';
import type { Peer } from './peer.js';
import type { Serving } from './serving.js';
import { hostText, parseUri } from './uri.js';
import type { Asked, Content } from './user-agent.js';
import { within } from './within.js';

/** Longest that hanging up waits for the answer to BYE; the transaction goes on alone. */
const byeWaitMs = 2000;
export const allowed = 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY';

/** What a leg needs of the server. */
export interface SipLegHost {
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
  #handlers: LegHandlers = unhandled;
  #localSdp: string;
  #dialog: Dialog | undefined;
  /** The last INVITE of theirs; the ACK to its 2xx stops the repeating. */
  #invite: Serving | undefined;
  #acknowledge: { resolve: (sdp: string) => void; reject: (reason: unknown) => void } | undefined;
  /** Our 2xx waits for its ACK: no BYE may be sent before (RFC 3261, 15). */
  #settled: Promise<unknown> = Promise.resolve();
  #reoffering = false;
  /** Our offer went into a 2xx; the answer comes in its ACK. */
  #answerDue = false;
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
    this.#localSdp = parts.localSdp;
  }

  static inbound(host: SipLegHost, serving: Serving, key: string, remoteSdp: string): SipLeg {
    const { request } = serving;
    const from = uriOf(header(request, 'from'));
    const leg = new SipLeg(host, 'inbound', { key, from, to: request.uri, remoteSdp, localSdp: '' });
    leg.#invite = serving;
    serving.onCancelled = () => leg.#cancelled();
    return leg;
  }

  static outbound(host: SipLegHost, dialog: Dialog, parts: Omit<LegParts, 'key'>): SipLeg {
    const leg = new SipLeg(host, 'outbound', { ...parts, key: dialog.callId });
    leg.#dialog = dialog;
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

  get #contact(): string {
    const peer = this.#invite?.peer ?? this.#dialog?.nextHop;
    return peer ? this.host.contact(peer) : '';
  }

  /** Rejects with CALL_ENDED when the call ends before the ACK, with SIP_TIMEOUT when no ACK comes. */
  async answer(sdp: string): Promise<string> {
    const invite = this.#invite;
    if (!invite || this.#dialog || this.#over) throw fault('CALL_ENDED', this.key);
    this.#dialog = Dialog.answered(invite.request, this.#tag, invite.peer);
    this.host.established(this, this.#dialog);
    return this.#accept(invite, sdp);
  }

  /** 2xx with this description; resolves with the SDP of its ACK. */
  #accept(invite: Serving, sdp: string): Promise<string> {
    this.#localSdp = sdp;
    const acknowledged = new Promise<string>((resolve, reject) => {
      this.#acknowledge = { resolve, reject };
    });
    this.#settled = acknowledged.catch(() => undefined);
    invite.onUnacknowledged = () => this.#unacknowledged();
    invite.respond(200, 'OK', { toTag: this.#tag, ...this.#withSdp(sdp) });
    return acknowledged;
  }

  #withSdp(body: string): ResponseParts {
    const headers: HeaderLines = [
      ['Contact', this.#contact],
      ['Allow', allowed],
      ['Content-Type', 'application/sdp'],
    ];
    return { headers, body };
  }

  /** Nobody acknowledged our 2xx: the dialog stands, and is ended (RFC 3261, 13.3.1.4 and 14.2). */
  #unacknowledged(): void {
    if (!this.#acknowledge) return;
    this.#acknowledge.reject(fault('SIP_TIMEOUT', 'ACK'));
    this.#acknowledge = undefined;
    if (this.#over) return;
    void this.hangup();
    this.#handlers.onEnded('no-ack', 'the answer was never acknowledged');
  }

  acknowledged(ack: SipRequest): void {
    const invite = this.#invite;
    if (!invite || cseqOf(ack).number !== cseqOf(invite.request).number) return;
    invite.machine.acknowledged(invite.nowMs());
    const sdp = sdpOf(header(ack, 'content-type'), ack.body) ?? '';
    this.#acknowledge?.resolve(sdp);
    this.#acknowledge = undefined;
    if (!this.#answerDue || sdp === '') return;
    this.#answerDue = false;
    // What it says about the stream is what an offer would say; the answer to it is nobody's.
    this.#handlers.onReoffer(sdp).catch(() => this.hangup());
  }

  async refuse(status: number, reason: string): Promise<void> {
    if (this.#dialog) return this.hangup();
    this.#respond(status, reason);
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
    else if (method === 'INVITE') void this.#reoffer(serving);
    else if (method === 'UPDATE') void this.#update(serving);
    else if (method === 'INFO') this.#info(serving);
    else if (method === 'NOTIFY') this.#notify(serving);
    else if (method === 'OPTIONS') serving.respond(200, 'OK', { headers: [['Allow', allowed]] });
    else serving.respond(405, 'Method Not Allowed', { headers: [['Allow', allowed]] });
  }

  #bye(serving: Serving): void {
    serving.respond(200, 'OK');
    this.#peerLeft = true;
    if (this.#invite?.machine.state === 'trying') this.#invite.respond(487, 'Request Terminated');
    // Their ACK may be lost; our 2xx is not repeated to somebody who left.
    else this.#invite?.machine.acknowledged(serving.nowMs());
    this.#end(this.#transfer?.ended() ? 'transferred' : 'hangup', header(serving.request, 'reason'));
  }

  async #reoffer(serving: Serving): Promise<void> {
    const sdp = sdpOf(header(serving.request, 'content-type'), serving.request.body);
    if (sdp === undefined) return serving.respond(415, 'Unsupported Media Type', acceptSdp);
    // Their last INVITE has no final answer yet (RFC 3261, 14.2).
    if (this.#reoffering) return serving.respond(500, 'Server Internal Error', { headers: [['Retry-After', '1']] });
    this.#reoffering = true;
    this.#invite = serving;
    serving.onCancelled = () => serving.respond(487, 'Request Terminated');
    this.#dialog?.retarget(serving.request, serving.peer);
    this.#answerDue = sdp === '';
    const answer = await answerReoffer(this.#handlers, sdp, this.#localSdp);
    this.#reoffering = false;
    if (answer.sdp === undefined) serving.respond(answer.status, answer.reason);
    else if (serving.machine.state === 'trying') await this.#accept(serving, answer.sdp).catch(() => undefined);
  }

  async #update(serving: Serving): Promise<void> {
    const { request, peer } = serving;
    this.#dialog?.retarget(request, peer);
    if (request.body === '') return serving.respond(200, 'OK', { headers: [['Contact', this.#contact]] });
    const sdp = sdpOf(header(request, 'content-type'), request.body);
    if (sdp === undefined) return serving.respond(415, 'Unsupported Media Type', acceptSdp);
    const { status, reason, sdp: body } = await answerReoffer(this.#handlers, sdp, this.#localSdp);
    this.#localSdp = body ?? this.#localSdp;
    serving.respond(status, reason, body === undefined ? {} : this.#withSdp(body));
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

  async transfer(destination: string): Promise<LegTransfer> {
    const dialog = this.#dialog;
    if (!dialog || this.#over) throw fault('CALL_ENDED', this.key);
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
    await this.#settled;
    this.host.released(this);
    if (!this.#peerLeft) await within(this.host.request(dialog, 'BYE'), byeWaitMs);
  }

  #end(end: LegEnd, detail: string): void {
    const told = this.#leave();
    this.host.released(this);
    this.#acknowledge?.reject(fault('CALL_ENDED', this.key));
    this.#acknowledge = undefined;
    if (told) this.#handlers.onEnded(end, detail);
  }

  /** False when it was over before. */
  #leave(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#transfer?.ended();
    return true;
  }
}

const acceptSdp: ResponseParts = { headers: [['Accept', 'application/sdp']] };
const acceptDigits: ResponseParts = { headers: [['Accept', 'application/dtmf-relay, application/dtmf']] };
const allowRefer: ResponseParts = { headers: [['Allow-Events', 'refer']] };
