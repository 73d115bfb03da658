/**
 * The nonces of our challenges (RFC 7616, 3.3 and 5.4): each says when it was made, and is signed, so that none has to
 * be kept until it is used. Of used ones the highest count is kept, so that nothing can be replayed. Time is an
 * argument.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { sameText } from './digest.js';

/** A nonce is good for so long. */
export const nonceLifetimeMs = 300_000;
/** Used nonces whose counts are kept. */
const maxUsed = 10_000;

export type NonceState = 'good' | 'stale' | 'forged';

export class Nonces {
  readonly #secret = randomBytes(32);
  /** Highest count of each used nonce, the oldest first. */
  readonly #used = new Map<string, number>();
  /** Nonces made up to then are stale: counts of some of them were forgotten. */
  #forgottenMs = Number.NEGATIVE_INFINITY;

  make(nowMs: number): string {
    const body = `${Math.floor(nowMs).toString(36)}.${randomBytes(9).toString('base64url')}`;
    return `${body}.${this.#sign(body)}`;
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#secret).update(body).digest('base64url').slice(0, 22);
  }

  /** Is it ours, and in time? Costs one hash, and keeps nothing. */
  check(nonce: string, nowMs: number): NonceState {
    const at = nonce.lastIndexOf('.');
    const body = nonce.slice(0, Math.max(0, at));
    if (!sameText(nonce.slice(at + 1), this.#sign(body))) return 'forged';
    const madeMs = madeAt(nonce);
    return madeMs <= this.#forgottenMs || nowMs - madeMs > nonceLifetimeMs ? 'stale' : 'good';
  }

  /** Takes a good nonce with this count (`nc`, hexadecimal); false where the count came before. */
  use(nonce: string, nc: string, nowMs: number): boolean {
    const count = Number.parseInt(nc, 16);
    if (!/^[\da-f]{8}$/i.test(nc) || count <= (this.#used.get(nonce) ?? 0)) return false;
    this.#used.set(nonce, count);
    this.#forget(nowMs);
    return true;
  }

  #forget(nowMs: number): void {
    for (const nonce of this.#used.keys()) {
      const madeMs = madeAt(nonce);
      const full = this.#used.size > maxUsed;
      if (!full && nowMs - madeMs <= nonceLifetimeMs) return;
      this.#used.delete(nonce);
      if (full) this.#forgottenMs = Math.max(this.#forgottenMs, madeMs);
    }
  }
}

const madeAt = (nonce: string): number => Number.parseInt(nonce.split('.', 1)[0] ?? '', 36);
