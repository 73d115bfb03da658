/**
 * What the demo knows of the call while it runs: puts each event of the server beside the question that was being
 * asked, and shows the conversation as it happens.
 */
import type { EventLine } from '../cli/event-lines.js';
import type { TurnRow } from '../observer/ledger.js';
import type { CallSummary } from '../observer/summary.js';

export class Stage {
  readonly #show: (line: string) => void;
  /** Index of the question by turn. */
  readonly #questions = new Map<number, number>();
  readonly #rows = new Map<number, TurnRow>();
  /** Turns that the server still answers. */
  readonly #answering = new Set<number>();
  #asking = -1;
  #closeSummary: (summary: CallSummary) => void = () => undefined;
  readonly summary = new Promise<CallSummary>((resolve) => {
    this.#closeSummary = resolve;
  });

  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  /** The caller begins question `index`. */
  asking(index: number, text: string): void {
    this.#asking = index;
    this.#show(`caller  ${text}`);
  }

  take(line: EventLine): void {
    if (line.type === 'turn') this.#rows.set(line.row.turn, line.row);
    else if (line.type === 'summary') this.#closeSummary(line.summary);
    else if (line.type === 'event') this.#event(line.event);
  }

  /** True when the server says that its last answer is over: between two sentences it may be silent for long. */
  get botIsDone(): boolean {
    return this.#answering.size === 0;
  }

  #event(event: Extract<EventLine, { type: 'event' }>['event']): void {
    switch (event.type) {
      case 'user-turn-ended':
        this.#questions.set(event.turn, this.#asking);
        this.#answering.add(event.turn);
        return this.#show(`        heard: ${event.text}`);
      case 'sentence-written':
        return this.#show(`bot     ${event.text}`);
      case 'bot-started-speaking':
        return void this.#answering.add(event.turn);
      case 'bot-stopped-speaking':
        return void this.#answering.delete(event.turn);
      case 'bot-interrupted':
        this.#answering.delete(event.turn);
        return this.#show(`        (interrupted; heard until then: ${event.heard || 'nothing'})`);
      case 'error':
        return this.#show(`        error ${event.code}: ${event.message}`);
      default:
        return undefined;
    }
  }

  /** The rows of the turns that question `index` became, in order. */
  rowsOf(index: number): TurnRow[] {
    return [...this.#rows.values()]
      .filter(({ turn }) => this.#questions.get(turn) === index)
      .sort((a, b) => a.turn - b.turn);
  }
}
