/**
 * What the call machine sees of signalling: a leg, whoever it came from. OpenSIPS B2B sessions (`opensips/`) and
 * dialogs of the own user agent (`sip/`) are both legs, so that one call machine stands behind both.
 */

/** Why a leg is over, when we did not end it. */
export type LegEnd = 'hangup' | 'cancelled' | 'failed' | 'no-ack' | 'transferred';

export interface LegHandlers {
  /** The peer ended it, or it failed. Called once; never after our own `hangup` or `refuse` resolved. */
  onEnded(end: LegEnd, detail: string): void;
  /** A new offer in a running dialog (re-INVITE, hold); returns the answer, or throws SDP_UNACCEPTABLE for 488. */
  onReoffer(sdp: string): Promise<string>;
  /** A digit that came by signalling (SIP INFO). */
  onDigit(digit: string, durationMs: number): void;
  /** Text that the peer typed (MESSAGE). False when none can be taken now: 480. Where it is absent, 403. */
  onText?(text: string): boolean;
  /**
   * The peer asks us to call `target`, a SIP URI (REFER, RFC 3515). `report` says how that goes, by SIP statuses: 1xx
   * as they come, then a final one. Where this is absent, REFER is answered 603.
   */
  onReferred?(target: string, report: (status: number, reason: string) => void): void;
}

export interface LegTransfer {
  success: boolean;
  /** SIP status that decided it; 0 where the peer gave none. */
  status: number;
  reason: string;
}

export type LegParameters = Readonly<Record<string, string>>;

export interface Leg {
  /** Unique and stable: the B2B key, or the dialog's Call-ID. */
  readonly key: string;
  readonly direction: 'inbound' | 'outbound';
  /** SIP URIs, without display names and tags. */
  readonly from: string;
  readonly to: string;
  /** The user part that was called, for choosing an agent. */
  readonly calledUser: string;
  /**
   * What whoever routed the call asks for: `agent`, `language`, `voice`, `prompt`, `greeting`; any other name is a
   * variable for the placeholders of prompt and greeting. As it came: the call checks it.
   */
  readonly parameters: LegParameters;
  /** Where its signalling comes from; undefined where only a proxy is known. */
  readonly signallingIp?: string | undefined;
  /** The peer's SDP: offer of an inbound leg, answer of an outbound one; empty for an INVITE without SDP. */
  readonly remoteSdp: string;
  /** Must be called in the same tick in which the leg was handed over. */
  handle(handlers: LegHandlers): void;
  /** 180 Ringing, or 183 with this answer to the peer's offer: media may flow then. Nothing once it is answered. */
  ringing(earlySdp?: string): void;
  /** 200 with this SDP; resolves with the ACK's SDP ('' if none) once the peer has acknowledged. */
  answer(sdp: string): Promise<string>;
  /** A final refusal before `answer`; after it the same as `hangup`. `retryAfterS` is the Retry-After of a 503. */
  refuse(status: number, reason: string, retryAfterS?: number): Promise<void>;
  /** Ends an answered leg. Safe to call twice, and after the peer ended it. */
  hangup(): Promise<void>;
  /** Blind transfer; resolves when the peer said how it went. The caller of this hangs up afterwards. */
  transfer(destination: string): Promise<LegTransfer>;
}

/** How far a call that we place has come, before its answer: 100, 180, 181, 182, and 183 with or without a stream. */
export type CallProgress = 'trying' | 'ringing' | 'forwarded' | 'queued' | 'early-media';

export interface PlaceOptions {
  /** Aborted: CANCEL goes out and the promise rejects with CALL_CANCELLED at once; after the answer it does nothing. */
  signal?: AbortSignal;
  /** Longest ringing in milliseconds, then CANCEL and CALL_NO_ANSWER; 180 s where undefined (RFC 3261, timer C). */
  ringLimitMs?: number;
  /** Told each stage once, in the order in which they come. */
  onProgress?: (progress: CallProgress) => void;
}

/** A way in (and out). */
export interface Signalling {
  readonly name: 'opensips' | 'sip';
  /** Listens; throws LISTEN_FAILED. `onLeg` gets each new inbound leg. */
  start(onLeg: (leg: Leg) => void): Promise<{ address: string; port: number }>;
  /**
   * Places a call from `from` (a SIP URI, or a user name of ours) with this offer; resolves when it is answered. How
   * it failed is the error's code: CALL_BUSY (486, 600), CALL_NO_ANSWER (it rang too long, 408, 480), CALL_CANCELLED
   * (`signal`), SIP_REFUSED (any other final status), SIP_TIMEOUT (nobody there), NOT_SUPPORTED (no such address).
   * Once it is answered, how it ends is told by the leg's `onEnded`.
   */
  place(uri: string, from: string, offer: string, options?: PlaceOptions): Promise<Leg>;
  /** True while the server that sends the calls does not answer. */
  readonly away: boolean;
  /** Datagrams refused since the start: from strangers, unreadable, or of calls that nobody knows. */
  readonly strays?: number;
  /** Legs and transactions held now: what a leak test counts. */
  held(): { legs: number; transactions: number };
  /** Ends every leg and gives the sockets back. */
  stop(): Promise<void>;
}
