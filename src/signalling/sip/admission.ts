/**
 * Who may begin something here, and how often: known addresses, users with a password, nobody else. An address that is
 * not known gets no answer where no password could help it, and few where one could: a scanner learns nothing, and
 * costs next to nothing. What belongs to a running call does not come here.
 */
import { Addresses } from '../addresses.js';
import { Authentication, type Users } from './authentication.js';
import { type Algorithm, algorithms } from './digest.js';
import type { HeaderLines, SipRequest } from './message.js';
import { SourceRates } from './source-rates.js';

export interface AdmissionOptions {
  /** Addresses and networks that need no password. */
  allow: readonly string[];
  users: Users;
  realm: string;
  /** Of the password challenge, the preferred one first. */
  digests: readonly Algorithm[];
  /** Requests a second that one known address may begin; 0 for any number. */
  perSecond: number;
}

/** No limits: for tests, and for whoever stands behind a firewall of its own. */
export const everybody: AdmissionOptions = {
  allow: ['0.0.0.0/0', '::/0'],
  users: new Map(),
  realm: 'oavc',
  digests: algorithms,
  perSecond: 0,
};

/** Nobody begins anything: for a user agent that only calls. */
export const nobody: AdmissionOptions = { ...everybody, allow: [] };

export type Verdict =
  | { kind: 'admit' }
  /** Not even answered. */
  | { kind: 'ignore' }
  | { kind: 'refuse'; status: number; reason: string; headers: HeaderLines };

/** Requests of a stranger: enough for a telephone that asks, is challenged, and asks again. */
const strangerRate = { perSecond: 5, burst: 20 };
/** What a stranger may send at all, repeated requests and those of its calls included. */
const strangerTraffic = { perSecond: 50, burst: 200 };
/** Addresses that we spoke to and remember. */
const maxMet = 4096;

const admitted: Verdict = { kind: 'admit' };
const ignored: Verdict = { kind: 'ignore' };

export class Admission {
  readonly #known: Addresses;
  readonly #met = new Set<string>();
  readonly #authentication: Authentication;
  readonly #rates: SourceRates | undefined;
  readonly #strangerRates = new SourceRates(strangerRate);
  readonly #strangerTraffic = new SourceRates(strangerTraffic);
  /** What was neither read nor admitted. */
  refused = 0;

  constructor(
    readonly options: AdmissionOptions,
    /** A server of ours, as the trunk that we register at: it needs no password. */
    readonly isOurs: (ip: string) => boolean = () => false,
  ) {
    const { allow, realm, users, digests, perSecond } = options;
    this.#known = new Addresses(allow);
    this.#authentication = new Authentication(realm, users, digests);
    this.#rates = perSecond > 0 ? new SourceRates({ perSecond, burst: 2 * perSecond }) : undefined;
  }

  /** We send a request there: its answers, and requests of the call that comes of it, are read. */
  meet(ip: string): void {
    this.#met.delete(ip);
    this.#met.add(ip);
    for (const oldest of this.#met) {
      if (this.#met.size <= maxMet) return;
      this.#met.delete(oldest);
    }
  }

  #isKnown(ip: string): boolean {
    return this.#known.has(ip) || this.isOurs(ip);
  }

  /**
   * Whether a call that was admitted may say who answers it and how. Not one from the trunk: anybody may stand behind
   * it, unless its address is on the list as well.
   */
  mayWish(ip: string): boolean {
    return this.#known.has(ip) || !this.isOurs(ip);
  }

  /** Whether anything that comes from this address is looked at. */
  reads(ip: string, nowMs: number): boolean {
    if (this.#isKnown(ip) || this.#met.has(ip)) return true;
    if (this.options.users.size > 0 && this.#strangerTraffic.take(ip, nowMs)) return true;
    this.refused++;
    return false;
  }

  /** A request that begins something. */
  judge(request: SipRequest, ip: string, nowMs: number): Verdict {
    const verdict = this.#isKnown(ip) ? this.#judgeKnown(ip, nowMs) : this.#judgeStranger(request, ip, nowMs);
    if (verdict.kind !== 'admit') this.refused++;
    return verdict;
  }

  #judgeKnown(ip: string, nowMs: number): Verdict {
    return this.#rates && !this.#rates.take(ip, nowMs) ? tooOften : admitted;
  }

  #judgeStranger(request: SipRequest, ip: string, nowMs: number): Verdict {
    // CANCEL cannot be challenged (RFC 3261, 22.1); one that belongs to a call does not come here.
    if (this.options.users.size === 0 || request.method === 'CANCEL') return ignored;
    const proof = this.#authentication.prove(request, nowMs);
    if (proof === 'proven') {
      this.#strangerRates.forgive(ip);
      return admitted;
    }
    if (!this.#strangerRates.take(ip, nowMs)) return ignored;
    if (proof === 'wrong') return { kind: 'refuse', status: 403, reason: 'Forbidden', headers: [] };
    const headers = this.#authentication.challenge(proof === 'stale', nowMs);
    return { kind: 'refuse', status: 401, reason: 'Unauthorized', headers };
  }
}

const tooOften: Verdict = {
  kind: 'refuse',
  status: 503,
  reason: 'Service Unavailable',
  headers: [['Retry-After', '2']],
};
