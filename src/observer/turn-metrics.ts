/** The counters of one conversation, by the names that the summary and RTVI give them. */
import type { CallEvent, CallEventOf } from '../pipeline/events.js';

/** Durations in seconds. */
export interface TurnCounters {
  total_user_utterances: number;
  total_bot_responses: number;
  interruption_count: number;
  /** Turns of the caller that the bot answered aloud. */
  conversation_turns: number;
  /** From the END of the caller's speech (arrival of its last packet) to the first packet of the answer. */
  avg_response_time: number;
  /** Of the answer that began last; undefined for one that answers nobody, as a greeting. */
  response_time: number | undefined;
}

/** Caller's turns that wait for their answer; the oldest gives way. */
const waitingLimit = 8;

export class TurnMetrics {
  #utterances = 0;
  #responses = 0;
  #interruptions = 0;
  #answered = 0;
  #responseSeconds = 0;
  #last: number | undefined;
  readonly #speechEndNs = new Map<number, bigint>();

  take(event: CallEvent): void {
    switch (event.type) {
      case 'user-stopped-speaking':
        this.#utterances += 1;
        break;
      case 'user-turn-ended':
        this.#wait(event);
        break;
      case 'sentence':
        // An apology answers nobody.
        if (event.apology && event.index === 0) this.#speechEndNs.delete(event.turn);
        break;
      case 'bot-started-speaking':
        this.#responded(event);
        break;
      case 'bot-interrupted':
        this.#interruptions += 1;
        this.#speechEndNs.delete(event.turn);
        break;
    }
  }

  get counters(): TurnCounters {
    return {
      total_user_utterances: this.#utterances,
      total_bot_responses: this.#responses,
      interruption_count: this.#interruptions,
      conversation_turns: this.#answered,
      avg_response_time: this.#answered === 0 ? 0 : this.#responseSeconds / this.#answered,
      response_time: this.#last,
    };
  }

  #wait(event: CallEventOf<'user-turn-ended'>): void {
    this.#speechEndNs.set(event.turn, event.times.speechEndArrivalNs);
    const [oldest] = this.#speechEndNs.keys();
    if (this.#speechEndNs.size > waitingLimit && oldest !== undefined) this.#speechEndNs.delete(oldest);
  }

  #responded(event: CallEventOf<'bot-started-speaking'>): void {
    this.#responses += 1;
    const speechEndNs = this.#speechEndNs.get(event.turn);
    this.#speechEndNs.delete(event.turn);
    this.#last = speechEndNs === undefined ? undefined : Math.max(0, Number(event.firstPacketNs - speechEndNs) / 1e9);
    if (this.#last === undefined) return;
    this.#answered += 1;
    this.#responseSeconds += this.#last;
  }
}
