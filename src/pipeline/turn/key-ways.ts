/**
 * A key may come by two ways, in the RTP stream (RFC 4733) and by SIP INFO, and some telephones use both for each
 * press: it is one key. What a client presses is nobody's double. Told the time; owns no clock.
 */

export type KeyWay = 'rtp' | 'signalling' | 'client';

interface Press {
  key: string;
  way: KeyWay;
  atMs: number;
}

/** INFO is often sent when the key is let go, and may be sent again after its loss. */
const windowMs = 1500;

export class KeyWays {
  /** Presses whose double by the other way may still come. */
  #unpaired: Press[] = [];

  /** False for the double of a press that came by the other way. */
  accept(key: string, way: KeyWay, atMs: number): boolean {
    if (way === 'client') return true;
    this.#unpaired = this.#unpaired.filter((press) => atMs - press.atMs < windowMs);
    const double = this.#unpaired.findIndex((press) => press.key === key && press.way !== way);
    if (double < 0) this.#unpaired.push({ key, way, atMs });
    else this.#unpaired.splice(double, 1);
    return double < 0;
  }
}
