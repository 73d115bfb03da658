/** A call that we place, up to its answer (RFC 3261, 9.1 and 13.2): one INVITE, its ACKs, and giving it up. */
import { fault } from '../../errors.js';
import type { PlaceOptions } from '../leg.js';
import { givenUp, progressOf, progressTeller, rangTooLong, refusalOf, ringLimitMs } from '../placing.js';
import { sdpOf } from '../sdp-body.js';
import { Dialog, newBranch, newTag } from './dialog.js';
import { header, tagOf } from './headers.js';
import type { HeaderLines, SipResponse } from './message.js';
import type { Peer } from './peer.js';
import { type SessionLimits, secondsOf, wish } from './session-timer.js';
import type { UserAgent } from './user-agent.js';

export interface InvitationParts {
  uri: string;
  from: string;
  peer: Peer;
  offer: string;
  /** Contact, Allow and the like. */
  headers: HeaderLines;
  limits: SessionLimits;
  options: PlaceOptions;
}

interface Answered {
  dialog: Dialog;
  response: SipResponse;
}

export class Invitation {
  #branch = newBranch();
  #cseq = 1;
  readonly #callId = newTag();
  readonly #from: string;
  /** How to send the ACK of each 2xx again, by the tag of who sent it. */
  readonly #acks = new Map<string, () => void>();
  #settle: { resolve: (answered: Answered) => void; reject: (reason: unknown) => void } | undefined;
  #limit: NodeJS.Timeout | undefined;
  #state: 'calling' | 'proceeding' | 'final' = 'calling';
  #givenUp = false;
  /** Least session interval, as a 422 said. */
  #minS = 0;
  readonly #tell: ReturnType<typeof progressTeller>;

  constructor(
    readonly agent: UserAgent,
    readonly parts: InvitationParts,
  ) {
    this.#from = `<${parts.from}>;tag=${newTag()}`;
    this.#tell = progressTeller(parts.options.onProgress);
  }

  /** Resolves with the 2xx; throws as `Signalling.place` says. */
  send(): Promise<Answered> {
    const limitMs = this.parts.options.ringLimitMs ?? ringLimitMs;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#limit = setTimeout(() => this.giveUp(rangTooLong(limitMs)), limitMs);
      this.#ask([]);
    });
  }

  /** `authorisation` is there the second time, when the first was challenged. */
  #ask(authorisation: HeaderLines): void {
    const { uri, headers, offer, peer, limits } = this.parts;
    const branch = this.#branch;
    const all = [...this.#headers('INVITE'), ...headers, ...wish(limits, this.#minS), ...authorisation];
    const challengeable = authorisation.length === 0;
    this.agent.transactions.ask(
      { method: 'INVITE', uri, branch, headers: all, body: offer },
      peer,
      (response) => void (branch === this.#branch && this.#take(response, challengeable)),
    );
  }

  #headers(method: string): HeaderLines {
    return [
      ...this.agent.head(this.#branch, this.parts.peer),
      ['From', this.#from],
      ['To', `<${this.parts.uri}>`],
      ['Call-ID', this.#callId],
      ['CSeq', `${this.#cseq} ${method}`],
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
    const { uri, peer } = this.parts;
    const { transactions } = this.agent;
    const branch = this.#branch;
    transactions.ask({ method: 'CANCEL', uri, branch, headers: this.#headers('CANCEL') }, peer, () => undefined);
    transactions.expire(branch, 'INVITE');
  }

  #take(response: SipResponse | undefined, challengeable: boolean): void {
    if (!response) return this.#fail(fault('SIP_TIMEOUT', 'INVITE'));
    if (response.status < 200) return this.#provisional(response);
    const authorisation = this.agent.authorisation(response, 'INVITE', this.parts.uri, this.parts.peer);
    if (authorisation && challengeable && !this.#givenUp) return this.#again(authorisation);
    if (response.status === 422 && !this.#givenUp && this.#raise(secondsOf(response, 'min-se'))) return this.#again([]);
    this.#state = 'final';
    if (response.status < 300) return this.#accepted(response);
    this.#fail(refusalOf(response.status, response.reason));
  }

  #raise(minS = 0): boolean {
    const higher = minS > Math.max(this.#minS, this.parts.limits.expiresS);
    this.#minS = Math.max(minS, this.#minS);
    return higher;
  }

  /** The same call once more, with credentials (RFC 3261, 22.2) or a longer session (RFC 4028, 7.3). */
  #again(authorisation: HeaderLines): void {
    this.#branch = newBranch();
    this.#cseq++;
    this.#state = 'calling';
    this.#ask(authorisation);
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
    if (known) return known();
    const dialog = Dialog.placed(response, this.parts.peer);
    this.#acks.set(tag, this.agent.acknowledge(dialog, this.#cseq));
    if (!this.#settle) void this.agent.request(dialog, 'BYE');
    this.#settle?.resolve({ dialog, response });
    this.#done();
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
