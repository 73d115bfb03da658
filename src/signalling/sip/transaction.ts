/**
 * SIP transactions (RFC 3261, section 17, with RFC 6026 for 2xx): when to send again and when to give up. Over a
 * reliable transport nothing is sent again, and nothing that was repeated has to be absorbed. Pure: the time in
 * milliseconds is an argument, what to do is the result.
 */

/** Round trip estimate, longest interval, and how long a message may live in the network (RFC 3261, 17.1.1.1). */
export const T1 = 500;
export const T2 = 4000;
export const T4 = 5000;
/** Timers B, F, H, J, L and M. */
export const lifetimeMs = 64 * T1;

export type Due = 'resend' | 'timeout' | 'ended';

/** What happens to a message that may be lost: sent again at growing intervals, for so long. */
class Resending {
  #intervalMs = T1;
  #nextMs: number;
  readonly #endMs: number;

  constructor(
    nowMs: number,
    readonly capMs: number,
    reliable: boolean,
  ) {
    this.#nextMs = reliable ? Number.POSITIVE_INFINITY : nowMs + T1;
    this.#endMs = nowMs + lifetimeMs;
  }

  due(nowMs: number): Due | undefined {
    if (nowMs >= this.#endMs) return 'timeout';
    if (nowMs < this.#nextMs) return undefined;
    this.#intervalMs = Math.min(this.#intervalMs * 2, this.capMs);
    this.#nextMs += this.#intervalMs;
    return 'resend';
  }

  /** After a provisional answer a request other than INVITE is sent at the longest interval (17.1.2.2). */
  slow(): void {
    this.#intervalMs = T2;
  }
}

/** The timers of one transaction, of either side. */
class Timers {
  #resending: Resending | undefined;
  #endMs = Number.POSITIVE_INFINITY;
  over = false;

  get resending(): boolean {
    return this.#resending !== undefined;
  }

  resend(nowMs: number, capMs: number, reliable: boolean): void {
    this.#resending = new Resending(nowMs, capMs, reliable);
  }

  slow(): void {
    this.#resending?.slow();
  }

  /** It arrived: nothing is sent again, and nothing times out. */
  settle(): void {
    this.#resending = undefined;
  }

  endAt(ms: number): void {
    this.#endMs = Math.min(this.#endMs, ms);
  }

  due(nowMs: number): Due | undefined {
    const due = nowMs >= this.#endMs ? 'ended' : this.#resending?.due(nowMs);
    if (due === 'ended' || due === 'timeout') this.over = true;
    return due;
  }
}

export type ServerState = 'trying' | 'completed' | 'confirmed' | 'accepted' | 'ended';

/** The answering side. Keeps the last response, which a repeated request gets again. */
export class ServerTransaction {
  readonly #timers = new Timers();
  #state: ServerState = 'trying';
  response: string | undefined;

  constructor(
    readonly invite: boolean,
    readonly reliable = false,
  ) {}

  get state(): ServerState {
    return this.#timers.over ? 'ended' : this.#state;
  }

  /**
   * Our response with this status leaves now. A 2xx to INVITE is repeated until `acknowledged` over any transport, as
   * RFC 3261, 13.3.1.4 asks.
   */
  respond(status: number, text: string, nowMs: number): void {
    this.response = text;
    if (status < 200) return;
    this.#state = this.invite && status < 300 ? 'accepted' : 'completed';
    if (this.invite) this.#timers.resend(nowMs, T2, this.reliable && this.#state === 'completed');
    else this.#timers.endAt(nowMs + (this.reliable ? 0 : lifetimeMs));
  }

  /** The ACK came; later ones mean nothing, and so does one before our final response. True for the first. */
  acknowledged(nowMs: number): boolean {
    if (this.#state === 'trying') return false;
    const first = this.#timers.resending;
    this.#timers.settle();
    if (this.#state === 'completed') this.#state = 'confirmed';
    const absorbMs = this.reliable ? 0 : T4;
    this.#timers.endAt(nowMs + (this.#state === 'accepted' ? lifetimeMs : absorbMs));
    return first;
  }

  due(nowMs: number): Due | undefined {
    return this.#timers.due(nowMs);
  }
}

export type ClientState = 'calling' | 'proceeding' | 'completed' | 'ended';

/** The asking side. */
export class ClientTransaction {
  readonly #timers = new Timers();
  #state: ClientState = 'calling';

  constructor(
    readonly invite: boolean,
    nowMs: number,
    readonly reliable = false,
  ) {
    this.#timers.resend(nowMs, invite ? Number.POSITIVE_INFINITY : T2, reliable);
  }

  get state(): ClientState {
    return this.#timers.over ? 'ended' : this.#state;
  }

  /** A response came. True when it is the first final one: who asked is told once. */
  answered(status: number, nowMs: number): boolean {
    if (status < 200) {
      if (this.#state === 'calling') this.#proceed();
      return false;
    }
    if (this.#state === 'completed' || this.#timers.over) return false;
    this.#state = 'completed';
    this.#timers.settle();
    this.#timers.endAt(nowMs + this.#absorbMs(status));
    return true;
  }

  /** Timers D, K and M: a 2xx to INVITE may be repeated, and come from several, over any transport. */
  #absorbMs(status: number): number {
    if (this.invite && status < 300) return lifetimeMs;
    if (this.reliable) return 0;
    return this.invite ? lifetimeMs : T4;
  }

  /** CANCEL was sent: a peer that still does not answer the INVITE is waited for no longer (RFC 3261, 9.1). */
  cancelled(nowMs: number): void {
    this.#timers.endAt(nowMs + lifetimeMs);
  }

  /** An INVITE that rings is not repeated; how long it may ring is for whoever asked to say. */
  #proceed(): void {
    this.#state = 'proceeding';
    if (this.invite) this.#timers.settle();
    else this.#timers.slow();
  }

  due(nowMs: number): Due | undefined {
    return this.#timers.due(nowMs);
  }
}
