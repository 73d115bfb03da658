/** Who asks? Checks the credentials of a request against the users that there are (RFC 3261, 22; RFC 8760). */
import { type Algorithm, type AuthParams, algorithmOf, challenges, digestOf, readDigest, sameText } from './digest.js';
import type { HeaderLines, SipRequest } from './message.js';
import { Nonces } from './nonces.js';

/** Passwords by user name. */
export type Users = ReadonlyMap<string, string>;

export type Proof = 'proven' | 'none' | 'stale' | 'wrong';

/** Credentials that are looked at: whoever sends more means no good. */
const maxCredentials = 4;

export class Authentication {
  readonly #nonces = new Nonces();

  constructor(
    readonly realm: string,
    readonly users: Users,
    /** That may be used, the preferred one first. */
    readonly algorithms: readonly Algorithm[],
  ) {}

  prove({ method, headers }: SipRequest, nowMs: number): Proof {
    const ours = (headers.authorization ?? [])
      .slice(0, maxCredentials)
      .flatMap((value) => readDigest(value) ?? [])
      .find((params) => params.get('realm') === this.realm);
    return ours ? this.#check(ours, method, nowMs) : 'none';
  }

  #check(params: AuthParams, method: string, nowMs: number): Proof {
    const nonce = params.get('nonce') ?? '';
    const state = this.#nonces.check(nonce, nowMs);
    if (state === 'forged') return 'none';
    if (!this.#isRight(params, method, nonce)) return 'wrong';
    return state === 'good' && this.#nonces.use(nonce, params.get('nc') ?? '', nowMs) ? 'proven' : 'stale';
  }

  /** Only with qop auth: without a count nothing would keep a request from being sent again by another. */
  #isRight(params: AuthParams, method: string, nonce: string): boolean {
    const algorithm = algorithmOf(params);
    const [user = '', uri = '', nc, cnonce, response = ''] = ['username', 'uri', 'nc', 'cnonce', 'response'].map(
      (name) => params.get(name),
    );
    if (
      !algorithm ||
      !this.algorithms.includes(algorithm) ||
      params.get('qop') !== 'auth' ||
      nc === undefined ||
      cnonce === undefined
    )
      return false;
    const known = this.users.get(user);
    // An unknown user takes as long as a wrong password.
    const password = known ?? '';
    const protection = { nc, cnonce };
    const expected = digestOf({ algorithm, user, realm: this.realm, password, method, uri, nonce, protection });
    return sameText(expected, response.toLowerCase()) && known !== undefined;
  }

  /** What a request without good credentials is answered with. */
  challenge(stale: boolean, nowMs: number): HeaderLines {
    const values = challenges(this.algorithms, this.realm, this.#nonces.make(nowMs), stale);
    return values.map((value) => ['WWW-Authenticate', value] as const);
  }
}
