/** Gives up on a model that says nothing more: each token winds the watch up again. */
import { deferred } from './deferred.js';

export class TokenWatch {
  readonly #late = deferred<never>();
  #timer: NodeJS.Timeout | undefined;
  #seen = false;

  constructor(
    readonly timeoutMs: number,
    readonly error: () => Error,
  ) {
    this.#late.promise.catch(() => undefined);
    this.#windUp();
  }

  #windUp(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#late.reject(this.error()), this.timeoutMs);
  }

  /** A token came; true for the first. */
  seen(): boolean {
    const first = !this.#seen;
    this.#seen = true;
    this.#windUp();
    return first;
  }

  /** Settles as `work` does, or rejects when the time between two tokens was too long; stops the watch. */
  async over<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.#late.promise]);
    } finally {
      clearTimeout(this.#timer);
    }
  }
}
