/**
 * Our registration at a trunk (RFC 3261, section 10): made, refreshed before it ends, tried again at growing intervals
 * when it fails, taken back at the end.
 */
import { reasonOf } from '../../errors.js';
import type { Log } from '../../log.js';
import type { Alarms, CancelAlarm } from './alarms.js';
import { newTag } from './dialog.js';
import { header, parameter } from './headers.js';
import type { HeaderLines, SipResponse } from './message.js';
import type { Peer } from './peer.js';
import type { Trunk } from './trunk.js';
import { refusedBy, type UserAgent } from './user-agent.js';

export type RegistrationState = 'registering' | 'registered' | 'failed';

export interface RegistrationHost {
  readonly agent: UserAgent;
  readonly alarms: Alarms;
  readonly log: Log;
  /** Where the trunk is now. */
  find(trunk: Trunk): Promise<Peer>;
}

const firstRetryMs = 5000;
const longestRetryMs = 300_000;

/** Early enough that a lost message or two do not end it. */
export const refreshAfterMs = (grantedS: number): number => Math.max(1000, 800 * grantedS);

/** Doubles with each failure, and is spread so that many servers do not come back at once; `chance` is 0 to 1. */
export function retryAfterMs(failures: number, chance: number, askedS = 0): number {
  const backOffMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10));
  return Math.max(backOffMs * (0.75 + chance / 2), 1000 * askedS);
}

/** Seconds that the registrar granted to this contact (10.2.4): its own `expires`, else the Expires header. */
export function grantedS(response: SipResponse, contact: string, askedS: number): number {
  const uri = contact.replace(/^<|>$/g, '');
  const mine = (response.headers.contact ?? []).find((value) => value.includes(uri));
  const written = (mine && parameter(mine, 'expires')) || header(response, 'expires');
  return /^\d{1,9}$/.test(written) ? Number(written) : askedS;
}

export class Registration {
  readonly #callId = newTag();
  readonly #tag = newTag();
  #cseq = 0;
  #expiresS: number;
  #failures = 0;
  #cancel: CancelAlarm = () => undefined;
  #stopped = false;
  #state: RegistrationState = 'registering';
  /** Where it was registered. */
  #peer: Peer | undefined;

  constructor(
    readonly host: RegistrationHost,
    readonly trunk: Trunk,
  ) {
    this.#expiresS = trunk.options.expiresS;
  }

  get state(): RegistrationState {
    return this.#state;
  }

  /** Registers, and goes on to do so until `stop`. Never rejects. */
  async start(): Promise<void> {
    try {
      const peer = await this.host.find(this.trunk);
      this.#peer = peer;
      this.#accepted(await this.#register(peer, this.#expiresS), peer);
    } catch (thrown) {
      this.#failed(reasonOf(thrown));
    }
  }

  #accepted(response: SipResponse | undefined, peer: Peer): void {
    if (response?.status === 423) return this.#tooBrief(response);
    if (!response || response.status >= 300) {
      return this.#failed(refusedBy('REGISTER', response).message, Number(header(response ?? none, 'retry-after')));
    }
    if (this.#state !== 'registered') this.host.log.info({ trunk: this.trunk.domain }, 'registered');
    this.#state = 'registered';
    this.#failures = 0;
    this.#again(refreshAfterMs(grantedS(response, this.host.agent.contact(peer), this.#expiresS)));
  }

  /** 423: so short is not worth its while (10.2.8). */
  #tooBrief(response: SipResponse): void {
    const leastS = Number(header(response, 'min-expires'));
    if (!(leastS > this.#expiresS)) return this.#failed('423 without a Min-Expires above what was asked for');
    this.#expiresS = leastS;
    this.#again(0);
  }

  #failed(reason: string, askedS = 0): void {
    this.#failures++;
    this.#state = 'failed';
    const waitMs = retryAfterMs(this.#failures, Math.random(), Number.isFinite(askedS) ? Math.min(askedS, 3600) : 0);
    this.host.log.warn({ trunk: this.trunk.domain, reason, retryS: Math.round(waitMs / 1000) }, 'registration failed');
    this.#again(waitMs);
  }

  #again(afterMs: number): void {
    this.#cancel();
    if (!this.#stopped) this.#cancel = this.host.alarms.set(afterMs, () => void this.start());
  }

  #register(peer: Peer, expiresS: number): Promise<SipResponse | undefined> {
    const { agent } = this.host;
    const contact = agent.contact(peer);
    return this.#ask(peer, [
      ['Contact', contact],
      ['Expires', `${expiresS}`],
    ]);
  }

  /** What is registered for our account, without changing it (10.2.3); throws SIP_REFUSED or SIP_TIMEOUT. */
  async query(): Promise<void> {
    const response = await this.#ask(await this.host.find(this.trunk), []);
    if (!response || response.status >= 300) throw refusedBy('REGISTER', response);
  }

  /** Whether anybody is there: any answer will do. Throws SIP_TIMEOUT. */
  async ping(): Promise<void> {
    const peer = await this.host.find(this.trunk);
    const headers = this.#headers('OPTIONS');
    const response = await this.host.agent.ask('OPTIONS', `sip:${this.trunk.domain}`, peer, () => headers);
    if (!response) throw refusedBy('OPTIONS', response);
  }

  #ask(peer: Peer, more: HeaderLines): Promise<SipResponse | undefined> {
    const { agent } = this.host;
    const headersFor = (authorisation: HeaderLines) => [...this.#headers('REGISTER'), ...more, ...authorisation];
    return agent.ask('REGISTER', `sip:${this.trunk.domain}`, peer, headersFor);
  }

  #headers(method: string): HeaderLines {
    const { account } = this.trunk;
    return [
      ['From', `<${account}>;tag=${this.#tag}`],
      ['To', `<${account}>`],
      ['Call-ID', this.#callId],
      ['CSeq', `${++this.#cseq} ${method}`],
    ];
  }

  /** Takes the registration back; the caller bounds the wait. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    const peer = this.#peer;
    if (peer && this.#state === 'registered') await this.#register(peer, 0);
  }
}

const none: SipResponse = { kind: 'response', status: 0, reason: '', headers: {}, body: '' };
