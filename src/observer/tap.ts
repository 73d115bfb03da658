/** One synchronous stream of call events, and everybody who listens to it. A listener must not block. */
import { reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import type { CallEvent } from '../pipeline/events.js';

export type TapListener = (event: CallEvent) => void;

export class Tap {
  readonly #listeners = new Set<TapListener>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Listeners are called in the order of subscription; one that throws is logged and harms no other. */
  publish(event: CallEvent): void {
    for (const listener of this.#listeners) this.#tell(listener, event);
  }

  /** Returns what ends the subscription; safe to call twice. */
  subscribe(listener: TapListener): () => void {
    // A function of its own each time: whoever subscribes twice is told twice, and unsubscribes one at a time.
    const own: TapListener = (event) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  #tell(listener: TapListener, event: CallEvent): void {
    try {
      listener(event);
    } catch (thrown) {
      this.#log.error({ event: event.type, reason: reasonOf(thrown) }, 'a listener of call events failed');
    }
  }
}
