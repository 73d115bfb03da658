/** What happens to legs, as a test waits for it. */
import type { Leg, LegEnd } from '../../src/signalling/leg.js';

/** A list that can be waited for: `next` resolves with each value in turn. */
export class Arrivals<T> {
  readonly #values: T[] = [];
  #wake: () => void = () => undefined;

  push(value: T): void {
    this.#values.push(value);
    this.#wake();
  }

  async next(): Promise<T> {
    while (this.#values.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#values.shift() as T;
  }

  get waiting(): readonly T[] {
    return this.#values;
  }
}

/** A leg whose handlers write down what they are told; `answerOffer` answers offers. */
export class LegProbe {
  readonly ended = new Arrivals<{ end: LegEnd; detail: string }>();
  readonly offers = new Arrivals<string>();
  readonly digits = new Arrivals<{ digit: string; durationMs: number }>();
  readonly texts = new Arrivals<string>();
  readonly referred = new Arrivals<{ target: string; report: (status: number, reason: string) => void }>();

  constructor(
    readonly leg: Leg,
    answerOffer: (sdp: string) => Promise<string>,
    takesRequests = false,
  ) {
    leg.handle({
      onEnded: (end, detail) => this.ended.push({ end, detail }),
      onReoffer: (sdp) => {
        this.offers.push(sdp);
        return answerOffer(sdp);
      },
      onDigit: (digit, durationMs) => this.digits.push({ digit, durationMs }),
      ...(takesRequests && {
        onText: (text: string) => {
          this.texts.push(text);
          return true;
        },
        onReferred: (target: string, report: (status: number, reason: string) => void) =>
          this.referred.push({ target, report }),
      }),
    });
  }
}
