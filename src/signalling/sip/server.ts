/**
 * The own SIP user agent over UDP: takes calls for softphones, trunks and the demo, and places them. Dispatches
 * requests to legs; what needs no leg (OPTIONS, rubbish, unknown methods) is answered here.
 */
import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { monotonicNs } from '../../clock.js';
import { fault, OavcError, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import type { Leg, PlaceOptions, Signalling } from '../leg.js';
import { givenUp } from '../placing.js';
import { sdpOf } from '../sdp-body.js';
import { type Dialog, dialogOf, newBranch, newTag } from './dialog.js';
import { cseqOf, header, tagOf, topVia } from './headers.js';
import { Invitation } from './invitation.js';
import { localAddressFor } from './local-address.js';
import {
  checkSound,
  type HeaderLines,
  parseSip,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  writeRequest,
} from './message.js';
import type { Serving } from './serving.js';
import { allowed, SipLeg, type SipLegHost } from './sip-leg.js';
import { Transactions } from './transactions.js';
import { type Peer, UdpTransport } from './udp.js';
import { hostText, parseUri, type SipUri } from './uri.js';
import { within } from './within.js';

export interface SipServerOptions {
  ip: string;
  /** 0 for any free one. */
  port: number;
  /** More are refused with 486. */
  maxCalls: number;
  log: Log;
  userAgent: string;
  /** CLOCK_MONOTONIC, nanoseconds. */
  now?: () => bigint;
}

const stopWaitMs = 3000;
const methods = allowed.split(', ');

export class SipServer implements Signalling, SipLegHost {
  readonly name = 'sip';
  readonly away = false;
  readonly transactions: Transactions;
  readonly #transport: UdpTransport;
  /** Legs by their dialog, and those that have none yet. */
  readonly #dialogs = new Map<string, SipLeg>();
  readonly #early = new Set<SipLeg>();
  readonly #invitations = new Set<Invitation>();
  #onLeg: (leg: Leg) => void = () => undefined;
  #stopping = false;

  constructor(readonly options: SipServerOptions) {
    this.#transport = new UdpTransport(options.ip);
    const handlers = {
      onRequest: (serving: Serving) => this.#request(serving),
      onAck: (ack: SipRequest) => this.#dialogs.get(dialogOf(ack) ?? '')?.acknowledged(ack),
    };
    const now = options.now ?? monotonicNs;
    const limit = 1000 + 20 * options.maxCalls;
    this.transactions = new Transactions(this.#transport, handlers, () => Number(now()) / 1e6, limit);
  }

  async start(onLeg: (leg: Leg) => void): Promise<{ address: string; port: number }> {
    this.#onLeg = onLeg;
    await this.#transport.listen(this.options.port, (datagram, from) => this.#take(datagram, from));
    return { address: this.options.ip, port: this.#transport.port };
  }

  held(): { legs: number; transactions: number } {
    const legs = this.#dialogs.size + this.#early.size + this.#invitations.size;
    return { legs, transactions: this.transactions.size };
  }

  /** A datagram: keep-alives (RFC 5626, 3.5.1) and rubbish are dropped, and never end the process. */
  #take(datagram: Buffer, from: Peer): void {
    if (datagram.length <= 4) return;
    try {
      this.#dispatch(parseSip(datagram), from);
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

  #request(serving: Serving): void {
    const { request } = serving;
    const dialog = dialogOf(request);
    if (request.method === 'CANCEL') this.#cancel(serving);
    else if (dialog !== undefined) this.#inDialog(serving, this.#dialogs.get(dialog));
    else if ((request.headers.require ?? []).length > 0) refuseExtension(serving);
    else if (!parseUri(request.uri)) serving.respond(416, 'Unsupported URI Scheme', { toTag: newTag() });
    else if (request.method === 'INVITE') this.#invite(serving);
    else if (request.method === 'OPTIONS') this.#capabilities(serving);
    else if (methods.includes(request.method)) unknownCall(serving);
    else serving.respond(405, 'Method Not Allowed', { toTag: newTag(), headers: [['Allow', allowed]] });
  }

  #capabilities(serving: Serving): void {
    const headers: HeaderLines = [
      ['Allow', allowed],
      ['Accept', 'application/sdp'],
      ['Contact', this.contact(serving.peer.ip)],
    ];
    const full = this.#calls >= this.options.maxCalls || this.#stopping;
    serving.respond(full ? 486 : 200, full ? 'Busy Here' : 'OK', { toTag: newTag(), headers });
  }

  get #calls(): number {
    return this.#dialogs.size + this.#early.size;
  }

  #invite(serving: Serving): void {
    const { request } = serving;
    const toTag = newTag();
    const sdp = sdpOf(header(request, 'content-type'), request.body);
    if (sdp === undefined) {
      return serving.respond(415, 'Unsupported Media Type', { toTag, headers: [['Accept', 'application/sdp']] });
    }
    if (this.#stopping) return serving.respond(503, 'Service Unavailable', { toTag });
    if (this.#calls >= this.options.maxCalls) return serving.respond(486, 'Busy Here', { toTag });
    if (this.#isMerged(request)) return serving.respond(482, 'Loop Detected', { toTag });
    serving.respond(100, 'Trying');
    const leg = SipLeg.inbound(this, serving, this.#keyFor(request), sdp);
    this.#early.add(leg);
    this.#onLeg(leg);
  }

  /** The same INVITE on a second way through forking proxies (RFC 3261, 8.2.2.2). */
  #isMerged(request: SipRequest): boolean {
    const identity = identityOf(request);
    return [...this.#early].some(({ invite }) => invite && identityOf(invite.request) === identity);
  }

  /** The Call-ID; with something beside it where that is taken, as when we call ourselves. */
  #keyFor(request: SipRequest): string {
    const callId = header(request, 'call-id');
    const taken = [...this.#dialogs.values(), ...this.#early].some(({ key }) => key === callId);
    return taken ? `${callId};${newTag()}` : callId;
  }

  #cancel(serving: Serving): void {
    const invite = this.transactions.cancelled(serving.request);
    if (!invite) return unknownCall(serving);
    serving.respond(200, 'OK', { toTag: newTag() });
    if (invite.machine.state === 'trying') invite.onCancelled();
  }

  #inDialog(serving: Serving, leg: SipLeg | undefined): void {
    if (!leg) unknownCall(serving);
    else if ((serving.request.headers.require ?? []).length > 0) refuseExtension(serving);
    else if (!leg.dialog?.accepts(serving.request)) serving.respond(500, 'Server Internal Error');
    else leg.request(serving);
  }

  established(leg: SipLeg, dialog: Dialog): void {
    this.#dialogs.set(dialog.id, leg);
    this.#early.delete(leg);
  }

  released(leg: SipLeg): void {
    if (leg.dialog) this.#dialogs.delete(leg.dialog.id);
    this.#early.delete(leg);
  }

  #hostPort(peerIp: string): string {
    return `${hostText(localAddressFor(peerIp, this.options.ip))}:${this.#transport.port}`;
  }

  contact(peerIp: string): string {
    return `<sip:oavc@${this.#hostPort(peerIp)}>`;
  }

  head(branch: string, peerIp: string): HeaderLines {
    return [
      ['Via', `SIP/2.0/UDP ${this.#hostPort(peerIp)};branch=${branch};rport`],
      ['Max-Forwards', '70'],
      ['User-Agent', this.options.userAgent],
    ];
  }

  request(dialog: Dialog, method: string, added: HeaderLines = []): Promise<SipResponse | undefined> {
    const branch = newBranch();
    const peer = dialog.nextHop;
    const { uri, headers } = dialog.request(method, dialog.nextCseq());
    const text = writeRequest(method, uri, [...this.head(branch, peer.ip), ...headers, ...added]);
    return new Promise((resolve) => {
      this.transactions.ask(branch, method, text, peer, (response) => {
        if (!response || response.status >= 200) resolve(response);
      });
    });
  }

  async place(uri: string, from: string, offer: string, options: PlaceOptions = {}): Promise<Leg> {
    const target = parseUri(uri);
    if (!target) throw fault('NOT_SUPPORTED', 'this destination', 'expected sip:USER@HOST');
    const peer = { ip: await addressOf(target, isIPv6(this.options.ip) ? 6 : 4), port: target.port };
    const caller = parseUri(from) ? from : `sip:${encodeURIComponent(from)}@${this.#hostPort(peer.ip)}`;
    const headers: HeaderLines = [
      ['Contact', this.contact(peer.ip)],
      ['Allow', allowed],
      ['Content-Type', 'application/sdp'],
    ];
    const invitation = new Invitation(this, { uri, from: caller, peer, offer, headers, options });
    if (options.signal?.aborted || this.#stopping) throw givenUp();
    const { dialog, response } = await this.#answered(invitation, options.signal);
    const remoteSdp = sdpOf(header(response, 'content-type'), response.body) ?? '';
    return SipLeg.outbound(this, dialog, { from: caller, to: uri, remoteSdp, localSdp: offer });
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
    const legs = [...this.#dialogs.values(), ...this.#early];
    await within(Promise.all(legs.map((leg) => leg.hangup())), stopWaitMs);
    this.transactions.close();
    await this.#transport.close();
  }
}

const identityOf = (request: SipRequest): string =>
  `${header(request, 'call-id')} ${tagOf(header(request, 'from'))} ${cseqOf(request).number}`;

const unknownCall = (serving: Serving): void =>
  serving.respond(481, 'Call/Transaction Does Not Exist', { toTag: newTag() });

/** No extension of SIP that a peer may require is supported (RFC 3261, 8.2.2.3). */
function refuseExtension(serving: Serving): void {
  const names = (serving.request.headers.require ?? []).map((name) => ['Unsupported', name] as const);
  serving.respond(420, 'Bad Extension', { toTag: newTag(), headers: names });
}

/** Addresses as they are; names by DNS (A or AAAA; SRV is for trunks, and not looked up). */
async function addressOf({ host }: SipUri, family: 4 | 6): Promise<string> {
  if (isIP(host) > 0) return host;
  try {
    return (await lookup(host, { family })).address;
  } catch (thrown) {
    throw fault('NOT_SUPPORTED', `a call to host ${host}`, reasonOf(thrown));
  }
}
