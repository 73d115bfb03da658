/** One dialog of the own user agent as a leg: answers, acknowledges, re-offers, transfers, ends. */
import { fault, OavcError } from '../../errors.js';
import type { Leg, LegEnd, LegHandlers, LegTransfer } from '../leg.js';
import { Dialog, newTag } from './dialog.js';
import { header, parseUri, type SipRequest, type SipResponse, uriOf } from './message.js';
import { Referral } from './referral.js';
import type { Serving } from './transactions.js';

/** What a leg needs of the server. */
export interface SipLegHost {
  /** Our Contact. */
  contact: string;
  /** Sends a request in the dialog; resolves with its final response, undefined when none came. */
  request(
    dialog: Dialog,
    method: string,
    headers?: readonly (readonly [string, string])[],
    body?: string,
  ): Promise<SipResponse | undefined>;
  established(leg: SipLeg, dialog: Dialog): void;
  /** The leg is over and may be forgotten. */
  released(leg: SipLeg): void;
}

const noHandlers: LegHandlers = {
  onEnded: () => undefined,
  onReoffer: async () => {
    throw fault('SDP_UNACCEPTABLE', 'the call is not established');
  },
  onDigit: () => undefined,
};

export class SipLeg implements Leg {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly calledUser: string;
  readonly remoteSdp: string;
  readonly #tag = newTag();
  #handlers: LegHandlers = noHandlers;
  #dialog: Dialog | undefined;
  #acknowledge: { resolve: (sdp: string) => void; reject: (reason: unknown) => void } | undefined;
  #referral: Referral | undefined;
  /** The INVITE that our 2xx answers; its ACK stops the repeating. */
  #answering: Serving | undefined;
  #over = false;

  private constructor(
    readonly host: SipLegHost,
    readonly direction: 'inbound' | 'outbound',
    parts: { key: string; from: string; to: string; remoteSdp: string },
  ) {
    this.key = parts.key;
    this.from = parts.from;
    this.to = parts.to;
    this.calledUser = parseUri(parts.to)?.user ?? '';
    this.remoteSdp = parts.remoteSdp;
  }

  static inbound(host: SipLegHost, serving: Serving): SipLeg {
    const { request } = serving;
    const leg = new SipLeg(host, 'inbound', {
      key: header(request, 'call-id'),
      from: uriOf(header(request, 'from')),
      to: request.uri,
      remoteSdp: request.body,
    });
    leg.#answering = serving;
    return leg;
  }

  static outbound(host: SipLegHost, dialog: Dialog, uri: string, from: string, response: SipResponse): SipLeg {
    const leg = new SipLeg(host, 'outbound', { key: dialog.callId, from, to: uri, remoteSdp: response.body });
    leg.#dialog = dialog;
    host.established(leg, dialog);
    return leg;
  }

  get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  handle(handlers: LegHandlers): void {
    this.#handlers = handlers;
  }

  ringing(): void {
    this.#answering?.respond(180, 'Ringing', { toTag: this.#tag, headers: [['Contact', this.host.contact]] });
  }

  answer(sdp: string): Promise<string> {
    const serving = this.#answering;
    if (!serving || this.#over) return Promise.reject(fault('CALL_ENDED', this.key));
    const dialog = Dialog.answered(serving.request, this.#tag, serving.peer);
    this.#dialog = dialog;
    this.host.established(this, dialog);
    return new Promise((resolve, reject) => {
      this.#acknowledge = { resolve, reject };
      serving.onUnacknowledged = () => this.#unacknowledged();
      serving.respond(200, 'OK', { toTag: this.#tag, ...this.#withSdp(sdp) });
    });
  }

  #withSdp(body: string) {
    const headers = [
      ['Contact', this.host.contact],
      ['Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY'],
      ['Content-Type', 'application/sdp'],
    ] as const;
    return { headers, body };
  }

  /** Nobody acknowledged our 2xx: the dialog stands, and is ended (RFC 3261, 13.3.1.4). */
  #unacknowledged(): void {
    this.#acknowledge?.reject(fault('SIP_TIMEOUT', 'ACK'));
    if (this.#over) return;
    void this.hangup();
    this.#handlers.onEnded('no-ack', 'the answer was never acknowledged');
  }

  acknowledged(ack: SipRequest): void {
    const serving = this.#answering;
    serving?.machine.acknowledged(serving.nowMs());
    this.#acknowledge?.resolve(ack.body);
    this.#acknowledge = undefined;
  }

  async refuse(status: number, reason: string): Promise<void> {
    this.#answering?.respond(status, reason, { toTag: this.#tag });
    this.#release();
  }

  /** A CANCEL for our INVITE. */
  cancelled(): void {
    this.#answering?.respond(487, 'Request Terminated', { toTag: this.#tag });
    this.#end('cancelled', 'the caller gave up');
  }

  /** A request inside the dialog. */
  async request(serving: Serving): Promise<void> {
    const { method } = serving.request;
    if (method === 'BYE') return this.#bye(serving);
    if (method === 'INVITE' || method === 'UPDATE') return this.#reoffer(serving);
    if (method === 'INFO') return this.#info(serving);
    if (method === 'NOTIFY') return this.#notify(serving);
    serving.respond(200, 'OK');
  }

  #bye(serving: Serving): void {
    serving.respond(200, 'OK');
    this.#end('hangup', header(serving.request, 'reason'));
  }

  async #reoffer(serving: Serving): Promise<void> {
    this.#dialog?.retarget(serving.request);
    if (serving.request.method === 'INVITE') this.#answering = serving;
    if (serving.request.body === '' && serving.request.method === 'UPDATE') return serving.respond(200, 'OK');
    try {
      serving.respond(200, 'OK', this.#withSdp(await this.#handlers.onReoffer(serving.request.body)));
    } catch (thrown) {
      const refused = thrown instanceof OavcError && thrown.code === 'SDP_UNACCEPTABLE';
      serving.respond(refused ? 488 : 500, refused ? 'Not Acceptable Here' : 'Server Internal Error');
    }
  }

  /** Digits by INFO: application/dtmf-relay has Signal= and Duration=, application/dtmf only the digit. */
  #info(serving: Serving): void {
    const { body } = serving.request;
    const digit = /(?:^|Signal\s*=\s*)([0-9*#A-D])\s*(?:\r|\n|$)/i.exec(body)?.[1];
    if (digit) this.#handlers.onDigit(digit.toUpperCase(), Number(/Duration\s*=\s*(\d+)/i.exec(body)?.[1] ?? 160));
    serving.respond(200, 'OK');
  }

  #notify(serving: Serving): void {
    serving.respond(200, 'OK');
    this.#referral?.notified(serving.request);
  }

  async transfer(destination: string): Promise<LegTransfer> {
    const dialog = this.#dialog;
    if (!dialog || this.#over) throw fault('CALL_ENDED', this.key);
    const target = parseUri(destination) ? destination : `sip:${destination}@${parseUri(dialog.target)?.host ?? ''}`;
    const referral = new Referral();
    this.#referral = referral;
    const headers = [
      ['Refer-To', `<${target}>`],
      ['Contact', this.host.contact],
    ] as const;
    const response = await this.host.request(dialog, 'REFER', headers);
    return referral.result(response);
  }

  async hangup(): Promise<void> {
    if (this.#over) return;
    const dialog = this.#dialog;
    this.#release();
    if (dialog) await this.host.request(dialog, 'BYE');
    else this.#answering?.respond(480, 'Temporarily Unavailable', { toTag: this.#tag });
  }

  #end(end: LegEnd, detail: string): void {
    if (this.#over) return;
    this.#release();
    this.#handlers.onEnded(end, detail);
  }

  #release(): void {
    this.#over = true;
    this.#acknowledge?.reject(fault('CALL_ENDED', this.key));
    this.#acknowledge = undefined;
    this.#referral?.cancel();
    this.host.released(this);
  }
}
