/** A B2B session of OpenSIPS as a leg: events come in, commands go out, OpenSIPS keeps the dialog. */
import { fault, OavcError, reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import { destinationUri } from '../destination.js';
import { allowed, answerInfo, answerMessage } from '../in-dialog.js';
import type { Leg, LegEnd, LegHandlers, LegParameters, LegTransfer } from '../leg.js';
import { answerRefer } from '../referred.js';
import { answerReoffer, unhandled } from '../reoffer.js';
import { sdpOf } from '../sdp-body.js';
import { header } from '../sip/headers.js';
import { parseUri } from '../sip/uri.js';
import { Transfer } from '../transfer.js';
import { AwaitedAck } from './awaited-ack.js';
import { type ReplyContent, refer, reply } from './commands.js';
import type { UaEvent } from './event.js';
import type { MiClient } from './mi.js';
import { referralWay } from './referral-way.js';
import { RepeatedEvents } from './repeated-events.js';
import type { SessionJournal } from './session-journal.js';

/** What a session needs of the connector. */
export interface SessionHost {
  readonly mi: MiClient;
  readonly log: Log;
  /** The session is over and may be forgotten; its key may soon name another one. */
  released(leg: SessionLeg): void;
  readonly journal: SessionJournal;
  /** OpenSIPS has ended it too; without `sure` it was told to and did not answer. */
  settled(key: string, sure: boolean): void;
}

export interface SessionParts {
  key: string;
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  /** What the script passed; none for a call that we placed. */
  parameters?: LegParameters;
  remoteSdp: string;
  /** What we offered, of a call that we placed. */
  localSdp: string;
}

type State = 'new' | 'answered' | 'over';

export class SessionLeg implements Leg {
  readonly key: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly calledUser: string;
  readonly parameters: LegParameters;
  readonly remoteSdp: string;
  #handlers = unhandled;
  #state: State;
  #localSdp: string;
  /** Resolves when OpenSIPS took our 200: a terminate that overtakes it would be refused. */
  #answering: Promise<unknown> = Promise.resolve();
  readonly #ack = new AwaitedAck();
  /** A re-INVITE of theirs that is not answered yet: a CANCEL then means it, not the call. */
  #reoffer: UaEvent | undefined;
  /** Our offer went into the 200 to a re-INVITE; the answer comes in its ACK. */
  #answerDue = false;
  #transfer: Transfer | undefined;
  readonly #repeats = new RepeatedEvents();

  constructor(
    readonly host: SessionHost,
    parts: SessionParts,
  ) {
    this.key = parts.key;
    this.direction = parts.direction;
    this.from = parts.from;
    this.to = parts.to;
    const { called, ...parameters } = parts.parameters ?? {};
    this.calledUser = called ?? parseUri(parts.to)?.user ?? '';
    this.parameters = parameters;
    this.remoteSdp = parts.remoteSdp;
    this.#localSdp = parts.localSdp;
    this.#state = parts.direction === 'inbound' ? 'new' : 'answered';
  }

  get answered(): boolean {
    return this.#state === 'answered';
  }

  handle(handlers: LegHandlers): void {
    this.#handlers = handlers;
  }

  ringing(earlySdp?: string): void {
    if (this.#state !== 'new') return;
    if (earlySdp === undefined) this.#tell('INVITE', 180, 'Ringing');
    else this.#tell('INVITE', 183, 'Session Progress', { sdp: earlySdp });
  }

  /** Resolves when OpenSIPS took the answer; for a late offer, when the ACK's SDP came (flag `a` reports it). */
  async answer(sdp: string): Promise<string> {
    if (this.#state !== 'new') throw fault('CALL_ENDED', this.key);
    this.#state = 'answered';
    this.#localSdp = sdp;
    const acknowledged = this.remoteSdp === '' ? this.#ack.wait(() => this.#unacknowledged()) : Promise.resolve('');
    acknowledged.catch(() => undefined);
    this.#answering = this.#reply('INVITE', 200, 'OK', { sdp, headers: [['Allow', allowed]] });
    try {
      await this.#answering;
    } catch (thrown) {
      await this.hangup();
      throw thrown;
    }
    if (!this.answered) throw fault('CALL_ENDED', this.key);
    return acknowledged;
  }

  #unacknowledged(): void {
    if (this.#release()) this.#handlers.onEnded('no-ack', 'the answer was never acknowledged');
    void this.#terminate();
  }

  /** A refusal leaves a record behind in OpenSIPS for hours, which the terminate frees. */
  async refuse(status: number, reason: string, retryAfterS?: number): Promise<void> {
    if (this.#state !== 'new') return this.hangup();
    this.#release();
    const content: ReplyContent = retryAfterS ? { headers: [['Retry-After', `${retryAfterS}`]] } : {};
    await this.#quietly(this.#reply('INVITE', status, reason, content));
    await this.#terminate();
  }

  async hangup(): Promise<void> {
    if (this.#state === 'new') return this.refuse(480, 'Temporarily Unavailable');
    if (this.#release()) await this.#terminate();
  }

  async transfer(destination: string): Promise<LegTransfer> {
    if (!this.answered) throw fault('CALL_ENDED', this.key);
    const ours = this.direction === 'inbound' ? this.to : this.from;
    const target = destinationUri(destination, parseUri(ours)?.host ?? '');
    const transfer = new Transfer();
    this.#transfer = transfer;
    try {
      await this.host.mi.call('ua_session_update', refer(this.key, target, parseUri(ours) ? ours : ''));
    } catch (thrown) {
      transfer.answered(thrown instanceof OavcError && thrown.code === 'MI_TIMEOUT' ? 408 : 500, reasonOf(thrown));
    }
    return transfer.outcome;
  }

  /** OpenSIPS does not know the session any more: after its restart, or when a limit of its own ran out. */
  gone(detail: string): void {
    this.#end('failed', detail);
    this.host.settled(this.key, true);
  }

  /** A datagram that comes twice is one request. */
  take(event: UaEvent): void {
    if (this.#repeats.again(event)) return;
    if (event.type === 'TERMINATED') this.#terminated(event);
    else if (event.type === 'UPDATED') this.#request(event);
    else if (event.method === 'REFER' && event.status >= 200) this.#referred(event);
  }

  #terminated(event: UaEvent): void {
    if (event.method === 'CANCEL') return this.#cancelled();
    this.#end(this.#transfer?.ended() ? 'transferred' : 'hangup', header(event, 'reason'));
    this.host.settled(this.key, true);
  }

  /**
   * OpenSIPS has answered the CANCEL but not the INVITE. A CANCEL of a re-INVITE leaves the call as it is; one that
   * crossed our 200 ends it at the ACK without a word, so the session is ended here.
   */
  #cancelled(): void {
    if (this.#reoffer) {
      this.#reoffer = undefined;
      return this.#tell('INVITE', 487, 'Request Terminated');
    }
    this.#end('cancelled', 'the caller gave up');
    const refused = this.#quietly(this.#reply('INVITE', 487, 'Request Terminated'));
    void refused.then(() => this.#terminate());
  }

  /** 481 and 408 say that the peer knows no such dialog any more; OpenSIPS leaves ending it to us (RFC 5057, 5). */
  #referred({ status, reason }: UaEvent): void {
    this.#transfer?.answered(status, reason);
    if (status !== 481 && status !== 408) return;
    this.#end('failed', `REFER: ${status} ${reason}`);
    void this.#terminate();
  }

  #request(event: UaEvent): void {
    const { method } = event;
    if (method === 'ACK') this.#acknowledged(event);
    else if (method === 'INVITE' || method === 'UPDATE') void this.#reoffered(event);
    else if (method === 'INFO') this.#message(event, answerInfo);
    else if (method === 'MESSAGE') this.#message(event, answerMessage);
    else if (method === 'REFER')
      answerRefer(
        event,
        this.#handlers,
        referralWay(this, (thrown) => this.#failed(thrown)),
      );
    else if (method === 'NOTIFY') this.#notified(event);
    else if (method === 'OPTIONS') this.#tell(method, 200, 'OK', { headers: [['Allow', allowed]] });
    else this.#tell(method, 405, 'Method Not Allowed', { headers: [['Allow', allowed]] });
  }

  #acknowledged(event: UaEvent): void {
    const sdp = sdpOf(header(event, 'content-type'), event.body ?? '') ?? '';
    this.#ack.came(sdp);
    if (!this.#answerDue || sdp === '') return;
    this.#answerDue = false;
    // What it says about the stream is what an offer would say; the answer to it is nobody's.
    this.#handlers.onReoffer(sdp).catch((thrown: unknown) => this.#log(thrown, 'the answer in ACK'));
  }

  async #reoffered(event: UaEvent): Promise<void> {
    const { method } = event;
    const sdp = sdpOf(header(event, 'content-type'), event.body ?? '');
    if (sdp === undefined) return this.#tell(method, 415, 'Unsupported Media Type', acceptSdp);
    if (sdp === '' && method === 'UPDATE') return this.#tell(method, 200, 'OK');
    if (this.#state === 'new') return this.#tell(method, 500, 'Server Internal Error');
    if (method === 'INVITE') this.#reoffer = event;
    this.#answerDue = sdp === '';
    const answer = await answerReoffer(this.#handlers, sdp, this.#localSdp);
    this.#localSdp = answer.sdp ?? this.#localSdp;
    if (method === 'INVITE' && this.#reoffer !== event) return;
    this.#reoffer = undefined;
    const { status, reason, sdp: body } = answer;
    if (this.answered) this.#tell(method, status, reason, body === undefined ? {} : { sdp: body });
  }

  #message(event: UaEvent, answer: typeof answerInfo): void {
    const { status, reason, content } = answer(event, event.body ?? '', this.#handlers);
    this.#tell(event.method, status, reason, content);
  }

  #notified(event: UaEvent): void {
    this.#tell('NOTIFY', 200, 'OK');
    if (/^refer\b/i.test(header(event, 'event'))) {
      this.#transfer?.notified(event.body ?? '', header(event, 'subscription-state'));
    }
  }

  #end(end: LegEnd, detail: string): void {
    if (this.#release()) this.#handlers.onEnded(end, detail);
  }

  /** False when it was released before. */
  #release(): boolean {
    if (this.#state === 'over') return false;
    this.#state = 'over';
    this.#ack.giveUp(fault('CALL_ENDED', this.key));
    this.#transfer?.ended();
    this.host.released(this);
    return true;
  }

  #reply(method: string, code: number, reason: string, content?: ReplyContent): Promise<unknown> {
    return this.host.mi.call('ua_session_reply', reply(this.key, method, code, reason, content));
  }

  /** Answers a request at once and without waiting: a slow answer makes OpenSIPS refuse the peer's next request. */
  #tell(method: string, code: number, reason: string, content?: ReplyContent): void {
    void this.#quietly(this.#reply(method, code, reason, content));
  }

  /** BYE, CANCEL or just freeing, as the session stands. Refused means that it is gone already. */
  async #terminate(): Promise<void> {
    await this.#answering.catch(() => undefined);
    try {
      await this.host.mi.call('ua_session_terminate', { key: this.key });
      this.host.settled(this.key, true);
    } catch (thrown) {
      this.#log(thrown, 'ending a session');
      this.host.settled(this.key, thrown instanceof OavcError && thrown.code === 'MI_ERROR');
    }
  }

  async #quietly(command: Promise<unknown>): Promise<void> {
    await command.catch((thrown: unknown) => this.#failed(thrown));
  }

  #failed(thrown: unknown): void {
    this.#log(thrown, 'a command for a session');
  }

  #log(thrown: unknown, what: string): void {
    const away = thrown instanceof OavcError && thrown.code === 'MI_TIMEOUT';
    this.host.log[away ? 'warn' : 'debug']({ callId: this.key, reason: reasonOf(thrown) }, `${what} failed`);
  }
}

const acceptSdp: ReplyContent = { headers: [['Accept', 'application/sdp']] };
