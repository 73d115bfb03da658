/**
 * Keys that the caller presses, collected until they are complete: by the end key, by a pause, or by their expected
 * number. Told the time; owns no clock.
 */

export interface DigitOptions {
  /** Pause between two keys after which the digits are complete. */
  timeoutMs: number;
  /** Key that completes them, and is none of them; empty for none. */
  endKey: string;
}

/** More than any number has: the rest begins another. */
const longest = 64;

export class DigitCollector {
  #digits = '';
  #lastMs = 0;

  constructor(readonly options: DigitOptions) {}

  get pending(): boolean {
    return this.#digits !== '';
  }

  /** A key, and how many digits are expected (0 for any); returns the digits when they are complete with it. */
  press(key: string, atMs: number, expected: number): string | undefined {
    if (key === this.options.endKey) return this.#take();
    this.#digits += key;
    this.#lastMs = atMs;
    return this.#digits.length === (expected || longest) ? this.#take() : undefined;
  }

  /** The digits, when the pause after the last one is long enough. */
  poll(atMs: number): string | undefined {
    return this.pending && atMs - this.#lastMs >= this.options.timeoutMs ? this.#take() : undefined;
  }

  #take(): string | undefined {
    const digits = this.#digits;
    this.#digits = '';
    return digits === '' ? undefined : digits;
  }
}
