/**
 * SIP transactions over UDP (RFC 3261, section 17, with RFC 6026 for 2xx): when to send again and when to give up.
 * Pure: the time in milliseconds is an argument, what to do is the result.
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
  ) {
    this.#nextMs = nowMs + T1;
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

export type ServerState = 'trying' | 'completed' | 'confirmed' | 'accepted' | 'ended';

/** The answering side. Keeps the last response, which a repeated request gets again. */
export class ServerTransaction {
  #state: ServerState = 'trying';
  #resending: Resending | undefined;
  #endMs = Number.POSITIVE_INFINITY;
  response: string | undefined;

  constructor(readonly invite: boolean) {}

  get state(): ServerState {
    return this.#state;
  }

  /** Our response with this status leaves now. A 2xx to INVITE is repeated until `acknowledged`, as RFC 3261, 13.3.1.4 asks. */
  respond(status: number, text: string, nowMs: number): void {
    this.response = text;
    if (status < 200) return;
    this.#state = this.invite && status < 300 ? 'accepted' : 'completed';
    if (this.invite) this.#resending = new Resending(nowMs, T2);
    else this.#endMs = nowMs + lifetimeMs;
  }

  /** The ACK came; later ones mean nothing, and so does one before our final response. True for the first. */
  acknowledged(nowMs: number): boolean {
    if (this.#state === 'trying') return false;
    const first = this.#resending !== undefined;
    this.#resending = undefined;
    if (this.#state === 'completed') this.#state = 'confirmed';
    this.#endMs = Math.min(this.#endMs, nowMs + (this.#state === 'accepted' ? lifetimeMs : T4));
    return first;
  }

  due(nowMs: number): Due | undefined {
    if (nowMs >= this.#endMs) {
      this.#state = 'ended';
      return 'ended';
    }
    const due = this.#resending?.due(nowMs);
    if (due === 'timeout') this.#state = 'ended';
    return due;
  }
}

export type ClientState = 'calling' | 'proceeding' | 'completed' | 'ended';

/** The asking side. */
export class ClientTransaction {
  #state: ClientState = 'calling';
  #resending: Resending | undefined;
  #endMs = Number.POSITIVE_INFINITY;

  constructor(
    readonly invite: boolean,
    nowMs: number,
  ) {
    this.#resending = new Resending(nowMs, invite ? Number.POSITIVE_INFINITY : T2);
  }

  get state(): ClientState {
    return this.#state;
  }

  /** A response came. True when it is the first final one: who asked is told once. */
  answered(status: number, nowMs: number): boolean {
    if (status < 200) {
      if (this.#state === 'calling') this.#proceed();
      return false;
    }
    if (this.#state === 'completed' || this.#state === 'ended') return false;
    this.#state = 'completed';
    this.#resending = undefined;
    this.#endMs = nowMs + (this.invite ? lifetimeMs : T4);
    return true;
  }

  /** CANCEL was sent: a peer that still does not answer the INVITE is waited for no longer (RFC 3261, 9.1). */
  cancelled(nowMs: number): void {
    this.#endMs = Math.min(this.#endMs, nowMs + lifetimeMs);
  }

  /** An INVITE that rings is not repeated; how long it may ring is for whoever asked to say. */
  #proceed(): void {
    this.#state = 'proceeding';
    if (this.invite) this.#resending = undefined;
    else this.#resending?.slow();
  }

  due(nowMs: number): Due | undefined {
    if (nowMs >= this.#endMs) {
      this.#state = 'ended';
      return 'ended';
    }
    const due = this.#resending?.due(nowMs);
    if (due === 'timeout') this.#state = 'ended';
    return due;
  }
}
