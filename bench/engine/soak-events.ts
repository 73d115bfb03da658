/** What the server of the soak tells: whether each call was heard as its own, and what went wrong. */
import type { EventLine } from '../../src/cli/event-lines.js';

/** A window of the voice activity detection at either end, and what the jitter buffer stretches on a busy host. */
const toleranceMs = 300;

export class SoakEvents {
  utterances = 0;
  /** Utterances of another length than the caller of that call says. */
  strange = 0;
  errors = 0;
  live = 0;
  /** The first strange thing. */
  cause = '';
  /** Numbers of the live calls by their id. */
  readonly #numbers = new Map<string, number>();

  /** Speech of each caller's utterance. */
  constructor(readonly speechMs: number[]) {}

  take(line: EventLine): void {
    if (line.type !== 'event') return;
    const { event } = line;
    if (event.type === 'call-started') this.#numbers.set(event.callId, Number(/soak-(\d+)/.exec(event.to)?.[1]));
    if (event.type === 'call-ended') this.#numbers.delete(event.callId);
    this.live = this.#numbers.size;
    if (event.type === 'error') this.#note(`${event.code}: ${event.message}`, () => this.errors++);
    if (event.type === 'user-stopped-speaking') this.#heard(event.callId, event.speechMs);
  }

  #heard(callId: string, speechMs: number): void {
    this.utterances++;
    const number = this.#numbers.get(callId) ?? -1;
    const expectedMs = this.speechMs[number] ?? 0;
    if (Math.abs(speechMs - expectedMs) > toleranceMs)
      this.#note(`call ${number} says ${expectedMs} ms, ${speechMs} were heard`, () => this.strange++);
  }

  #note(what: string, count: () => void): void {
    count();
    this.cause ||= what;
  }
}
