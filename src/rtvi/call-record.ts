/** What the hub keeps of one call, from its start until a while after its end. */
import type { CallEvent, EndReason } from '../pipeline/events.js';
import type { Counters } from './feed.js';
import type { Outgoing } from './outgoing.js';
import { type Scene, Story } from './story.js';

/** Acknowledgements that wait for an interruption; more are sent at once. */
const heldLimit = 32;
/** What shows that an interruption has happened, or will not. */
const releasing = new Set<CallEvent['type']>(['bot-interrupted', 'bot-stopped-speaking', 'llm-started', 'call-ended']);

export class CallRecord {
  readonly story = new Story();
  readonly callId: string;
  counters: Counters | undefined;
  /** The call was asked to tell audio levels. */
  levels = false;
  /** Undefined while the call runs. */
  ended: { epochMs: number; reason: EndReason } | undefined;
  /** The last word on the call: its summary. */
  farewell: Outgoing | undefined;
  #held: (() => void)[] = [];

  constructor(callId: string) {
    this.callId = callId;
  }

  take(event: CallEvent, epochMs: number, counters: Counters): Scene {
    this.counters = counters;
    if (event.type === 'call-ended') this.ended = { epochMs, reason: event.reason };
    return this.story.take(event, epochMs, counters);
  }

  /** Runs `tell` once the interruption that was asked for has been told; at once where there is none to wait for. */
  afterInterruption(tell: () => void): void {
    if (this.story.botSpeaking && this.#held.length < heldLimit) this.#held.push(tell);
    else tell();
  }

  /** To be called when the event has been told. */
  release(event: CallEvent): void {
    if (!releasing.has(event.type)) return;
    for (const tell of this.#held.splice(0)) tell();
  }
}
