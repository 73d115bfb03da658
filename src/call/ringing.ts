/** Calls that are being placed: until they are answered, and why they were not. */
import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../errors.js';
import { reasonOf } from '../errors.js';
import type { EndReason } from '../pipeline/events.js';
import type { Leg, PlaceOptions, Signalling } from '../signalling/leg.js';
import type { PlaceRequest } from './control.js';
import { codeOf } from './refusal.js';

const reasons: Partial<Record<ErrorCode, EndReason>> = {
  CALL_BUSY: 'busy',
  CALL_NO_ANSWER: 'no-answer',
  CALL_CANCELLED: 'cancelled',
  SIP_REFUSED: 'refused',
};

/** The end of a call that never was one. */
export interface Unanswered {
  callId: string;
  from: string;
  to: string;
  direction: 'inbound' | 'outbound';
  reason: EndReason;
  /** SIP status that we gave; 0 where the other side decided. */
  status: number;
  detail: string;
}

export class Ringing {
  readonly #placing = new Set<AbortController>();

  constructor(
    readonly ringLimitMs: number,
    readonly onUnanswered: (end: Unanswered) => void,
  ) {}

  get size(): number {
    return this.#placing.size;
  }

  /** Resolves when it is answered; throws as `Signalling.place`. */
  async place(
    way: Signalling,
    { destination: to, from = 'oavc' }: PlaceRequest,
    offer: string,
    options: PlaceOptions = {},
  ): Promise<Leg> {
    const ours = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, ours.signal]) : ours.signal;
    this.#placing.add(ours);
    try {
      return await way.place(to, from, offer, { ringLimitMs: this.ringLimitMs, ...options, signal });
    } catch (thrown) {
      const reason = reasons[codeOf(thrown)] ?? 'failed';
      const detail = reasonOf(thrown);
      this.onUnanswered({ callId: randomUUID(), from, to, direction: 'outbound', reason, status: 0, detail });
      throw thrown;
    } finally {
      this.#placing.delete(ours);
    }
  }

  /** All are given up. */
  close(): void {
    for (const placing of this.#placing) placing.abort();
  }
}
