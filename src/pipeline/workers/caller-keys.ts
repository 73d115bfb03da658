/** Keys of one call, from the heard ring and from signalling: they interrupt, are collected, and become a turn. */
import { monotonicNs } from '../../clock.js';
import { DigitCollector, type DigitOptions } from '../turn/digit-collector.js';
import { type KeyWay, KeyWays } from '../turn/key-ways.js';

export interface CallerKey {
  digit: string;
  durationMs: number;
}

export interface KeyEffects {
  /** A key, told once however often it came. */
  keyPressed(key: CallerKey): void;
  /** They are complete; the last one was pressed at `lastNs`. */
  keysCollected(digits: string, lastNs: bigint): void;
}

export class CallerKeys {
  readonly #collector: DigitCollector;
  readonly #ways = new KeyWays();
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
  press(key: CallerKey, way: KeyWay, heardMs: number, expected: number): void {
    const nowNs = monotonicNs();
    if (!this.#ways.accept(key.digit, way, Number(nowNs) / 1e6)) return;
    this.#lastNs = nowNs;
    this.effects.keyPressed(key);
    this.#tell(this.#collector.press(key.digit, heardMs, expected));
  }

  poll(heardMs: number): void {
    this.#tell(this.#collector.poll(heardMs));
  }

  #tell(digits: string | undefined): void {
    if (digits !== undefined) this.effects.keysCollected(digits, this.#lastNs);
  }
}
