/** Keys of one call, from the heard ring and from signalling: they interrupt, are collected, and become a turn. */
import { monotonicNs } from '../../clock.js';
import { DigitCollector, type DigitOptions } from '../turn/digit-collector.js';

export interface KeyEffects {
  keyPressed(): void;
  /** They are complete; the last one was pressed at `lastNs`. */
  keysCollected(digits: string, lastNs: bigint): void;
}

export class CallerKeys {
  readonly #collector: DigitCollector;
  #lastNs = 0n;

  constructor(
    options: DigitOptions,
    readonly effects: KeyEffects,
  ) {
    this.#collector = new DigitCollector(options);
  }

  get pending(): boolean {
    return this.#collector.pending;
  }

  /** `heardMs` is how much of the call was heard so far: the pauses between keys are counted in that. */
  press(key: string, heardMs: number, expected: number): void {
    this.#lastNs = monotonicNs();
    this.effects.keyPressed();
    this.#tell(this.#collector.press(key, heardMs, expected));
  }

  poll(heardMs: number): void {
    this.#tell(this.#collector.poll(heardMs));
  }

  #tell(digits: string | undefined): void {
    if (digits !== undefined) this.effects.keysCollected(digits, this.#lastNs);
  }
}
