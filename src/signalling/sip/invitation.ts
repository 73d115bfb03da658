/** A call that we place, up to its answer (RFC 3261, 9.1 and 13.2): one INVITE, its ACKs, and giving it up. */
import { fault } from '../../errors.js';
import type { PlaceOptions } from '../leg.js';
import { givenUp, progressOf, progressTeller, rangTooLong, refusalOf, ringLimitMs } from '../placing.js';
import { sdpOf } from '../sdp-body.js';
import { Dialog, newBranch, newTag } from './dialog.js';
import { header, tagOf } from './headers.js';
import { type HeaderLines, type SipResponse, writeRequest } from './message.js';
import type { Transactions } from './transactions.js';
import type { Peer } from './udp.js';

/** What an invitation needs of the server. */
export interface InvitationHost {
  readonly transactions: Transactions;
  /** Via and what stands beside it in each request of ours. */
  head(branch: string, peerIp: string): HeaderLines;
  request(dialog: Dialog, method: string): Promise<unknown>;
}

export interface InvitationParts {
  uri: string;
  from: string;
  peer: Peer;
  offer: string;
  /** Contact, Allow and the like. */
  headers: HeaderLines;
  options: PlaceOptions;
}

interface Answered {
  dialog: Dialog;
  response: SipResponse;
}

export class Invitation {
  readonly #branch = newBranch();
  readonly #callId = newTag();
  readonly #from: string;
  /** The ACK of each 2xx, by the tag of who sent it: it is sent again with each repeated 2xx. */
  readonly #acks = new Map<string, { text: string; peer: Peer }>();
  #settle: { resolve: (answered: Answered) => void; reject: (reason: unknown) => void } | undefined;
  #limit: NodeJS.Timeout | undefined;
  #state: 'calling' | 'proceeding' | 'final' = 'calling';
  #givenUp = false;
  readonly #tell: ReturnType<typeof progressTeller>;

  constructor(
    readonly host: InvitationHost,
    readonly parts: InvitationParts,
  ) {
    this.#from = `<${parts.from}>;tag=${newTag()}`;
    this.#tell = progressTeller(parts.options.onProgress);
  }

  /** Resolves with the 2xx; throws as `Signalling.place` says. */
  send(): Promise<Answered> {
    const { uri, headers, offer, peer, options } = this.parts;
    const limitMs = options.ringLimitMs ?? ringLimitMs;
    const text = writeRequest('INVITE', uri, [...this.#headers('INVITE'), ...headers], offer);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#limit = setTimeout(() => this.giveUp(rangTooLong(limitMs)), limitMs);
      this.host.transactions.ask(this.#branch, 'INVITE', text, peer, (response) => this.#take(response));
    });
  }

  #headers(method: string, to = `<${this.parts.uri}>`): HeaderLines {
    return [
      ...this.host.head(this.#branch, this.parts.peer.ip),
      ['From', this.#from],
      ['To', to],
      ['Call-ID', this.#callId],
      ['CSeq', `1 ${method}`],
    ];
  }

  /** The wait is over at once; CANCEL goes out as soon as the peer may be sent one. */
  giveUp(reason: unknown = givenUp()): void {
    if (this.#givenUp || this.#state === 'final') return;
    this.#givenUp = true;
    this.#fail(reason);
    if (this.#state === 'proceeding') this.#cancel();
  }

  #cancel(): void {
    const text = writeRequest('CANCEL', this.parts.uri, this.#headers('CANCEL'));
    this.host.transactions.ask(this.#branch, 'CANCEL', text, this.parts.peer, () => undefined);
    this.host.transactions.expire(this.#branch, 'INVITE');
  }

  #take(response: SipResponse | undefined): void {
    if (!response) return this.#fail(fault('SIP_TIMEOUT', 'INVITE'));
    if (response.status < 200) return this.#provisional(response);
    this.#state = 'final';
    if (response.status < 300) return this.#accepted(response);
    this.#refused(response);
    this.#fail(refusalOf(response.status, response.reason));
  }

  #provisional(response: SipResponse): void {
    const first = this.#state === 'calling';
    if (first) this.#state = 'proceeding';
    if (first && this.#givenUp) this.#cancel();
    const sdp = sdpOf(header(response, 'content-type'), response.body) ?? '';
    if (!this.#givenUp) this.#tell(progressOf(response.status, sdp));
  }

  /** The first 2xx is the call; one that crossed our CANCEL, or of another telephone that a proxy tried, is ended. */
  #accepted(response: SipResponse): void {
    const tag = tagOf(header(response, 'to'));
    const known = this.#acks.get(tag);
    if (known) return this.host.transactions.transport.send(known.text, known.peer);
    const dialog = Dialog.placed(response, this.parts.peer);
    this.#acknowledge(dialog, tag);
    if (!this.#settle) void this.host.request(dialog, 'BYE');
    this.#settle?.resolve({ dialog, response });
    this.#done();
  }

  #acknowledge(dialog: Dialog, tag: string): void {
    const { uri, headers } = dialog.request('ACK', 1);
    const peer = dialog.nextHop;
    const text = writeRequest('ACK', uri, [...this.host.head(newBranch(), peer.ip), ...headers]);
    this.#acks.set(tag, { text, peer });
    this.host.transactions.transport.send(text, peer);
  }

  /** ACK to a refusal belongs to the INVITE's own transaction (17.1.1.3). */
  #refused(response: SipResponse): void {
    const text = writeRequest('ACK', this.parts.uri, this.#headers('ACK', header(response, 'to')));
    this.host.transactions.transport.send(text, this.parts.peer);
  }

  #fail(reason: unknown): void {
    this.#settle?.reject(reason);
    this.#done();
  }

  #done(): void {
    clearTimeout(this.#limit);
    this.#settle = undefined;
  }
}
