/**
 * One client: its handshake, its generation and frame form, its focus, and the bound on what it may leave unread.
 * Silent until `client-ready`; requests that come earlier are answered after it.
 */
import type { CallControl, CallInfo } from '../call/control.js';
import { fault } from '../errors.js';
import { type Connection, closeCodes } from './connection.js';
import type { Generation } from './generation.js';
import { answerHello, readHello } from './handshake.js';
import { Inbox } from './inbox.js';
import type { Envelope } from './messages.js';
import { errorEvent, errorResponse, type Outgoing } from './outgoing.js';
import { currentConfig } from './requests.js';
import { type RouterOptions, refusal, route } from './router.js';
import { inbound } from './schemas.js';
import { type Clip, supervise } from './supervisor-audio.js';
import { misfit } from './validate.js';
import { allows, type Grant, sees, type Visitor } from './visitor.js';

/** What a session asks of the hub. */
export interface SessionHost extends RouterOptions {
  /** Most bytes that a client may leave unread. */
  readonly queueBytes: number;
  /** Microphones of those who may steer speak to the caller. */
  readonly supervisorAudio: boolean;
  nowMs(): number;
  control(callId: string): CallControl | undefined;
  calls(): CallInfo[];
  /** True for a call that runs, or that ended a short while ago. */
  knows(callId: string): boolean;
  /** The session is through its handshake: gives it a focus, or catches it up. */
  joined(session: Session): void;
  catchUp(session: Session): void;
  /** Another call than `before` is in focus now. */
  refocused(session: Session, before: string | undefined): void;
  typed(session: Session, text: string, id: string, send: () => void): void;
}

export interface SessionOptions {
  number: number;
  connection: Connection;
  grant: Grant;
  /** The call that the connection was opened for. */
  pinned: string | undefined;
}

/** Messages kept from before `client-ready`. */
const earlyLimit = 32;

export class Session implements Visitor {
  readonly grant: Grant;
  readonly #number: number;
  readonly #connection: Connection;
  readonly #host: SessionHost;
  readonly #inbox: Inbox;
  readonly #early: Envelope[] = [];
  #library = 'unnamed';
  #version = '';
  #generation: Generation | undefined;
  #focus: string | undefined;
  #pinned: string | undefined;
  readonly #reply = (message: Outgoing): void => this.send(message);
  #open = true;
  /** Why the last audio was refused; undefined when it was taken. */
  #audioRefused: string | undefined;

  constructor(options: SessionOptions, host: SessionHost) {
    this.grant = options.grant;
    this.#number = options.number;
    this.#connection = options.connection;
    this.#host = host;
    this.#inbox = new Inbox(host.nowMs());
    this.#pinned = options.pinned;
    this.#focus = options.pinned;
  }

  /** Undefined until `client-ready`, and again once the connection is closed: such a session is told nothing. */
  get generation(): Generation | undefined {
    return this.#open ? this.#generation : undefined;
  }

  get focus(): string | undefined {
    return this.#focus;
  }

  /** The call that the connection is for; undefined for one that follows. */
  get pinned(): string | undefined {
    return this.#pinned;
  }

  get origin(): string {
    return `rtvi ${this.#version} ${this.#library} #${this.#number}`;
  }

  receive(data: string | Uint8Array): void {
    if (!this.#open) return;
    const received = this.#inbox.receive(data, this.#host.nowMs());
    if (received.kind === 'flood') this.end(closeCodes.policy, 'too many messages');
    else if (received.kind === 'message') this.#take(received.envelope);
    else if (received.kind === 'audio') this.#hear(received.audio);
    else if (received.kind !== 'ignored' && this.#generation) this.send(complaint(received));
  }

  /** Sends, or ends the connection when the client has left too much unread. */
  send(message: Outgoing): void {
    const { form } = this.#inbox;
    if (!this.#open || !form) return;
    const waiting = this.#connection.unsentBytes + message.bytes;
    if (waiting > this.#host.queueBytes) this.end(closeCodes.tooSlow, 'client too slow');
    else this.#connection.send(message.encoded(form));
  }

  /** Moves the focus; the caller catches up. */
  follow(callId: string): void {
    this.#focus = callId;
  }

  /** Ends the connection from this side. Safe to call twice. */
  end(code: number, reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#connection.close(code, reason);
  }

  call(): CallControl {
    const call = this.liveCall();
    if (call) return call;
    if (this.#focus === undefined) throw fault('NOT_SUPPORTED', 'this request', 'no call is in focus');
    throw fault('CALL_ENDED', this.#focus);
  }

  liveCall(): CallControl | undefined {
    return this.#focus === undefined ? undefined : this.#host.control(this.#focus);
  }

  calls(): CallInfo[] {
    return this.#host.calls().filter(({ callId }) => sees(this.grant, callId));
  }

  refocus(callId: string): () => void {
    if (!sees(this.grant, callId) || !this.#host.knows(callId)) throw fault('CALL_UNKNOWN', callId);
    const before = this.#focus;
    this.#pinned = undefined;
    this.#focus = callId;
    return () => this.#host.refocused(this, before);
  }

  typed(text: string, id: string, send: () => void): void {
    this.#host.typed(this, text, id, send);
  }

  #take(envelope: Envelope): void {
    if (envelope.type === 'client-ready') this.#greet(envelope);
    else if (this.#generation) this.#route(envelope);
    else if (this.#early.length < earlyLimit) this.#early.push(envelope);
    else this.end(closeCodes.policy, 'client-ready expected');
  }

  #greet({ id, data }: Envelope): void {
    const problem = misfit(inbound['client-ready'], data);
    const { agreement, library } = readHello(problem === undefined ? data : {});
    const first = this.#generation === undefined;
    this.#generation = agreement.generation;
    this.#version = agreement.answer;
    this.#library = library;
    if (first) this.#host.joined(this);
    const audioIn = this.#host.supervisorAudio && allows(this.grant, 'steer');
    for (const message of answerHello(agreement, id, { config: currentConfig(this), audioIn })) this.send(message);
    if (first) this.#host.catchUp(this);
    for (const envelope of this.#early.splice(0)) this.#route(envelope);
  }

  /** A microphone sends sixty times a second: the same refusal is told once, until something was taken again. */
  #hear(audio: Clip | Envelope): void {
    if (!this.#generation) return;
    let refused: Outgoing | undefined;
    const refuse = (message: Outgoing) => {
      refused = message;
    };
    if ('type' in audio) route(audio, this, refuse, this.#host);
    else refused = refusalOf(() => supervise(this, audio));
    const reason = refused && JSON.stringify(refused.data);
    if (refused && reason !== this.#audioRefused) this.send(refused);
    this.#audioRefused = reason;
  }

  #route(envelope: Envelope): void {
    route(envelope, this, this.#reply, this.#host);
  }
}

/** A frame has no id to answer: its refusal is an event. */
function refusalOf(act: () => void): Outgoing | undefined {
  try {
    act();
    return undefined;
  } catch (thrown) {
    return errorEvent(refusal(thrown), false);
  }
}

function complaint(
  received: { kind: 'invalid'; problem: string } | { kind: 'too-often'; id: string | undefined },
): Outgoing {
  if (received.kind === 'invalid') return errorEvent(`Invalid RTVI transport message: ${received.problem}`, false);
  const text = 'Too many messages: slow down';
  return received.id === undefined ? errorEvent(text, false) : errorResponse(received.id, text);
}
