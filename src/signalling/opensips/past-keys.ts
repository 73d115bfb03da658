/** Keys of sessions that are over: their late and repeated events are nobody's. Bounded, the oldest is forgotten. */

const limit = 2048;

export class PastKeys {
  readonly #keys = new Set<string>();

  add(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    const [oldest] = this.#keys;
    if (this.#keys.size > limit && oldest !== undefined) this.#keys.delete(oldest);
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }
}
