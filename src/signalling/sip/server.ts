/**
 * The own SIP user agent over UDP: takes calls for softphones, trunks and the demo, and places them. Dispatches
 * requests to legs; what needs no leg (OPTIONS, rubbish, unknown methods) is answered here.
 */
import { monotonicNs } from '../../clock.js';
import { fault, OavcError, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import type { Leg, Signalling } from '../leg.js';
import { Dialog, dialogOf, newBranch, newTag } from './dialog.js';
import {
  checkRequired,
  type HeaderLines,
  header,
  parseSip,
  parseUri,
  type SipRequest,
  type SipResponse,
  writeRequest,
} from './message.js';
import { SipLeg, type SipLegHost } from './sip-leg.js';
import { type Serving, Transactions } from './transactions.js';
import { type Peer, UdpTransport } from './udp.js';

export interface SipServerOptions {
  ip: string;
  /** 0 for any free one. */
  port: number;
  maxCalls: number;
  log: Log;
  userAgent: string;
  /** Milliseconds of a clock that never goes back. */
  nowMs?: () => number;
}

const methods = 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY';
const monotonicMs = (): number => Number(monotonicNs()) / 1e6;

export class SipServer implements Signalling, SipLegHost {
  readonly name = 'sip';
  readonly #transport: UdpTransport;
  readonly #transactions: Transactions;
  /** Legs by the dialog that they have, and those that have none yet, by their INVITE. */
  readonly #dialogs = new Map<string, SipLeg>();
  readonly #early = new Map<Serving, SipLeg>();
  #onLeg: (leg: Leg) => void = () => undefined;
  #stopping = false;

  constructor(readonly options: SipServerOptions) {
    this.#transport = new UdpTransport(options.ip);
    const handlers = {
      onRequest: (serving: Serving) => this.#request(serving),
      onAck: (ack: SipRequest) => this.#dialogs.get(dialogOf(ack) ?? '')?.acknowledged(ack),
    };
    this.#transactions = new Transactions(this.#transport, handlers, options.nowMs ?? monotonicMs);
  }

  async start(onLeg: (leg: Leg) => void): Promise<{ address: string; port: number }> {
    this.#onLeg = onLeg;
    await this.#transport.listen(this.options.port, (text, from) => this.#take(text, from));
    return { address: this.options.ip, port: this.#transport.port };
  }

  get contact(): string {
    return `<sip:oavc@${this.options.ip}:${this.#transport.port}>`;
  }

  held(): { legs: number; transactions: number } {
    return { legs: this.#dialogs.size + this.#early.size, transactions: this.#transactions.size };
  }

  /** A datagram: keep-alives and rubbish are dropped, and never end the process. */
  #take(text: string, from: Peer): void {
    if (text.trim() === '') return;
    try {
      const message = parseSip(text);
      checkRequired(message);
      this.#transactions.take(message, from);
    } catch (thrown) {
      if (!(thrown instanceof OavcError)) throw thrown;
      this.options.log.debug({ from: from.ip, reason: reasonOf(thrown) }, 'SIP message dropped');
    }
  }

  #request(serving: Serving): void {
    const { request } = serving;
    const dialog = dialogOf(request);
    if (request.method === 'CANCEL') return this.#cancel(serving);
    if (dialog !== undefined) return this.#inDialog(serving, this.#dialogs.get(dialog));
    if (header(request, 'require') !== '') return this.#refuseExtension(serving);
    if (request.method === 'INVITE') return this.#invite(serving);
    if (request.method === 'OPTIONS') return this.#capabilities(serving);
    if (methods.includes(request.method))
      return serving.respond(481, 'Call/Transaction Does Not Exist', { toTag: newTag() });
    serving.respond(405, 'Method Not Allowed', { toTag: newTag(), headers: [['Allow', methods]] });
  }

  /** No extension of SIP that a peer may require is supported (RFC 3261, 8.2.2.3). */
  #refuseExtension(serving: Serving): void {
    const headers: HeaderLines = (serving.request.headers.require ?? []).map((name) => ['Unsupported', name]);
    serving.respond(420, 'Bad Extension', { toTag: newTag(), headers });
  }

  #capabilities(serving: Serving): void {
    const headers: HeaderLines = [
      ['Allow', methods],
      ['Accept', 'application/sdp'],
      ['Contact', this.contact],
    ];
    serving.respond(200, 'OK', { toTag: newTag(), headers });
  }

  #invite(serving: Serving): void {
    const { request } = serving;
    const type = header(request, 'content-type').split(';')[0]?.trim().toLowerCase();
    if (request.body !== '' && type !== 'application/sdp') {
      return serving.respond(415, 'Unsupported Media Type', {
        toTag: newTag(),
        headers: [['Accept', 'application/sdp']],
      });
    }
    if (this.#stopping) return serving.respond(503, 'Service Unavailable', { toTag: newTag() });
    if (this.held().legs >= this.options.maxCalls) return serving.respond(486, 'Busy Here', { toTag: newTag() });
    serving.respond(100, 'Trying');
    const leg = SipLeg.inbound(this, serving);
    this.#early.set(serving, leg);
    this.#onLeg(leg);
  }

  #cancel(serving: Serving): void {
    const invite = this.#transactions.cancelled(serving.request);
    if (!invite) return serving.respond(481, 'Call/Transaction Does Not Exist', { toTag: newTag() });
    serving.respond(200, 'OK', { toTag: newTag() });
    if (invite.machine.state === 'trying') this.#early.get(invite)?.cancelled();
  }

  #inDialog(serving: Serving, leg: SipLeg | undefined): void {
    if (!leg) return serving.respond(481, 'Call/Transaction Does Not Exist');
    if (!leg.dialog?.accepts(serving.request)) return serving.respond(500, 'Server Internal Error');
    void leg.request(serving);
  }

  established(leg: SipLeg, dialog: Dialog): void {
    this.#dialogs.set(dialog.id, leg);
    for (const [serving, other] of this.#early) if (other === leg) this.#early.delete(serving);
  }

  released(leg: SipLeg): void {
    if (leg.dialog) this.#dialogs.delete(leg.dialog.id);
    for (const [serving, other] of this.#early) if (other === leg) this.#early.delete(serving);
  }

  request(dialog: Dialog, method: string, headers: HeaderLines = [], body = ''): Promise<SipResponse | undefined> {
    const cseq = dialog.nextCseq();
    const branch = newBranch();
    const lines = [...this.#via(branch), ...dialog.headers(method, cseq), ...headers];
    const text = writeRequest(method, dialog.target, lines, body);
    return new Promise((resolve) => {
      this.#transactions.ask(branch, { number: cseq, method }, text, dialog.nextHop, (response) => {
        if (!response || response.status >= 200) resolve(response);
      });
    });
  }

  #via(branch: string): HeaderLines {
    const sentBy = `${this.options.ip}:${this.#transport.port}`;
    return [
      ['Via', `SIP/2.0/UDP ${sentBy};branch=${branch};rport`],
      ['Max-Forwards', '70'],
      ['User-Agent', this.options.userAgent],
    ];
  }

  async place(uri: string, from: string, offer: string, signal?: AbortSignal): Promise<Leg> {
    const target = parseUri(uri);
    if (!target || !/^\d{1,3}(\.\d{1,3}){3}$/.test(target.host)) {
      throw fault('NOT_SUPPORTED', `a call to ${uri}`, 'expected sip:user@address with an IPv4 address');
    }
    const peer = { ip: target.host, port: target.port };
    const call = {
      uri,
      peer,
      branch: newBranch(),
      callId: newTag(),
      from: `<sip:${from}@${this.options.ip}:${this.#transport.port}>;tag=${newTag()}`,
    };
    const response = await this.#invited(call, offer, signal);
    if (!response) throw fault('SIP_TIMEOUT', 'INVITE');
    if (response.status >= 300) throw fault('SIP_REFUSED', 'INVITE', response.status, response.reason);
    return SipLeg.outbound(this, Dialog.placed(response, peer), uri, `sip:${from}@${this.options.ip}`, response);
  }

  /** Sends the INVITE, acknowledges every final answer, gives up when the signal says so. */
  #invited(call: Invitation, offer: string, signal: AbortSignal | undefined): Promise<SipResponse | undefined> {
    const headers = [...this.#via(call.branch), ...invitationHeaders(call, 'INVITE')];
    const content: HeaderLines = [
      ['Contact', this.contact],
      ['Allow', methods],
      ['Content-Type', 'application/sdp'],
    ];
    const text = writeRequest('INVITE', call.uri, [...headers, ...content], offer);
    return new Promise((resolve) => {
      signal?.addEventListener('abort', () => this.#giveUp(call), { once: true });
      this.#transactions.ask(call.branch, { number: 1, method: 'INVITE' }, text, call.peer, (response) => {
        if (response && response.status < 200) return;
        if (response) this.#acknowledge(call, response);
        resolve(response);
      });
    });
  }

  /** To a 2xx in a new transaction and along the route, to a refusal in the INVITE's own (RFC 3261, 17.1.1.3). */
  #acknowledge(call: Invitation, response: SipResponse): void {
    if (response.status < 300) {
      const dialog = Dialog.placed(response, call.peer);
      const lines = [...this.#via(newBranch()), ...dialog.headers('ACK', 1)];
      this.#transport.send(writeRequest('ACK', dialog.target, lines), dialog.nextHop);
      return;
    }
    const lines = invitationHeaders(call, 'ACK').map(
      ([name, value]) => [name, name === 'To' ? header(response, 'to') : value] as const,
    );
    this.#transport.send(writeRequest('ACK', call.uri, [...this.#via(call.branch), ...lines]), call.peer);
  }

  #giveUp(call: Invitation): void {
    const text = writeRequest('CANCEL', call.uri, [...this.#via(call.branch), ...invitationHeaders(call, 'CANCEL')]);
    this.#transactions.ask(call.branch, { number: 1, method: 'CANCEL' }, text, call.peer, () => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const legs = [...this.#dialogs.values(), ...this.#early.values()];
    const ended = Promise.all(legs.map((leg) => leg.hangup()));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
    this.#transactions.close();
    await this.#transport.close();
  }
}

interface Invitation {
  uri: string;
  peer: Peer;
  branch: string;
  callId: string;
  from: string;
}

const invitationHeaders = ({ from, uri, callId }: Invitation, method: string): HeaderLines => [
  ['From', from],
  ['To', `<${uri}>`],
  ['Call-ID', callId],
  ['CSeq', `1 ${method}`],
];
