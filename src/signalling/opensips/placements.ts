/**
 * Calls that are being placed. Their first events may come before the answer that says which session they are, so
 * events of unknown sessions are kept while a start is under way.
 */
import { fault } from '../../errors.js';
import type { PlaceOptions } from '../leg.js';
import { givenUp, progressOf, progressTeller, rangTooLong, refusalOf, ringLimitMs } from '../placing.js';
import { sdpOf } from '../sdp-body.js';
import { header } from '../sip/headers.js';
import { clientStart } from './commands.js';
import type { UaEvent } from './event.js';
import { PastKeys } from './past-keys.js';
import type { SessionHost } from './session-leg.js';

const keptLimit = 256;

/** The 2xx to our INVITE, and the session's key. */
export interface Placed {
  key: string;
  answer: UaEvent;
}

interface Waiting {
  resolve(answer: UaEvent): void;
  reject(reason: unknown): void;
  progress: ReturnType<typeof progressTeller>;
}

export class Placements {
  readonly #waiting = new Map<string, Waiting>();
  readonly #givenUp = new PastKeys();
  #kept: UaEvent[] = [];
  #starting = 0;

  constructor(readonly host: Pick<SessionHost, 'mi' | 'journal' | 'settled'>) {}

  get size(): number {
    return this.#waiting.size + this.#starting;
  }

  /** True for a call whose answer nobody wants any more. */
  gaveUp(key: string): boolean {
    return this.#givenUp.has(key);
  }

  /** While a start is under way, a session of a key that nobody knows may be its. */
  mayHold(key: string): boolean {
    return this.#waiting.has(key) || this.#starting > 0;
  }

  /** Resolves when the call is answered; throws as `Signalling.place` says, and MI_ERROR or MI_TIMEOUT. */
  async place(uri: string, from: string, offer: string, options: PlaceOptions): Promise<Placed> {
    const { signal, ringLimitMs: limitMs = ringLimitMs, onProgress } = options;
    const key = await this.#start(uri, from, offer);
    this.host.journal.add(key);
    const giveUp = () => this.#giveUp(key, givenUp());
    const limit = setTimeout(() => this.#giveUp(key, rangTooLong(limitMs)), limitMs);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      const answered = this.#answered(key, progressTeller(onProgress));
      if (signal?.aborted) giveUp();
      return { key, answer: await answered };
    } catch (thrown) {
      this.host.settled(key, true);
      throw thrown;
    } finally {
      clearTimeout(limit);
      signal?.removeEventListener('abort', giveUp);
      this.#waiting.delete(key);
    }
  }

  async #start(uri: string, from: string, offer: string): Promise<string> {
    this.#starting++;
    try {
      return String(await this.host.mi.call('ua_session_client_start', clientStart(uri, from, offer)));
    } finally {
      this.#starting--;
    }
  }

  #answered(key: string, progress: Waiting['progress']): Promise<UaEvent> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(key, { resolve, reject, progress });
      for (const event of this.#keptFor(key)) this.take(event);
    });
  }

  /** CANCEL once it rings; a 200 that crosses it is ended by the rule for events of unknown sessions. */
  #giveUp(key: string, reason: unknown): void {
    this.#waiting.get(key)?.reject(reason);
    this.#givenUp.add(key);
    this.host.mi.call('ua_session_terminate', { key }).catch(() => undefined);
  }

  #keptFor(key: string): UaEvent[] {
    const mine = this.#kept.filter((event) => event.key === key);
    this.#kept = this.#starting === 0 ? [] : this.#kept.filter((event) => event.key !== key);
    return mine;
  }

  /** False for an event that belongs to no call being placed. */
  take(event: UaEvent): boolean {
    const waiting = this.#waiting.get(event.key);
    if (!waiting) return this.#keep(event);
    const { type, status, reason } = event;
    if (type === 'ANSWERED') waiting.resolve(event);
    else if (type === 'REJECTED' && status === 408 && event.body === undefined)
      waiting.reject(fault('SIP_TIMEOUT', 'INVITE'));
    else if (type === 'REJECTED') waiting.reject(refusalOf(status, reason));
    else if (type === 'EARLY') waiting.progress(progressOf(status, earlySdp(event)));
    else if (type === 'TERMINATED') waiting.reject(fault('SIP_REFUSED', 'INVITE', 487, 'Request Terminated'));
    return true;
  }

  #keep(event: UaEvent): boolean {
    if (this.#starting === 0 || this.#kept.length >= keptLimit) return false;
    this.#kept.push(event);
    return true;
  }

  close(): void {
    for (const { reject } of this.#waiting.values()) reject(fault('SIP_TIMEOUT', 'INVITE'));
    this.#waiting.clear();
    this.#kept = [];
  }
}

const earlySdp = (event: UaEvent): string => sdpOf(header(event, 'content-type'), event.body ?? '') ?? '';
