/**
 * What a call has of the model: its sequence, which is asked for again when none was free, and what it thinks ahead:
 * the prompt while nobody waits, and the answer to what the caller has probably said while he pauses.
 */
import { elapsedMs, monotonicNs } from '../../clock.js';
import type { ChatMessage, LlmSequence, ToolSpec } from '../../engines/engine.js';
import type { EventBody } from '../events.js';
import type { CallSettings } from '../services.js';
import { Thought } from './thought.js';

export interface MindOptions {
  openSequence(): Promise<LlmSequence>;
  settings(): CallSettings;
  tools: readonly ToolSpec[];
  /** Answers may be begun before the caller's turn is over. */
  speculate: boolean;
  emit(body: EventBody): void;
}

/** Nobody waits for a speculation yet: who is certain goes first. */
const speculationPriority = 4;

export class Mind {
  #sequence: Promise<LlmSequence> | undefined;
  #supposed: { thought: Thought; startedNs: bigint } | undefined;

  constructor(readonly options: MindOptions) {}

  /** Lets the model read ahead what is known already. */
  prepare(messages: readonly ChatMessage[]): void {
    void this.open()
      .then((sequence) => sequence.prepare(messages, this.options.tools))
      .catch(() => undefined);
  }

  /** Throws that the model has no room; a call that got no sequence asks again at its next thought. */
  open(): Promise<LlmSequence> {
    this.#sequence ??= this.options.openSequence();
    return this.#sequence.catch((thrown: unknown) => {
      this.#sequence = undefined;
      throw thrown;
    });
  }

  /** The caller paused after these words; another supposition takes the place of the one before. */
  suppose(messages: readonly ChatMessage[]): void {
    if (!this.options.speculate || this.#supposed?.thought.answers(messages)) return;
    this.forget();
    const names = this.options.tools.map(({ name }) => name);
    this.#supposed = { thought: this.#think(messages, names, speculationPriority), startedNs: monotonicNs() };
  }

  /** The caller went on, or something has changed. */
  forget(): void {
    this.#supposed?.thought.drop();
    if (this.#supposed) this.options.emit({ type: 'speculation', useful: false, aheadMs: 0 });
    this.#supposed = undefined;
  }

  /** The answer to these messages: the one that was begun ahead, if it was to the same. */
  think(messages: readonly ChatMessage[], callable: readonly string[]): Thought {
    const supposed = this.#supposed;
    if (!supposed?.thought.answers(messages)) {
      this.forget();
      return this.#think(messages, callable);
    }
    this.#supposed = undefined;
    this.options.emit({ type: 'speculation', useful: true, aheadMs: elapsedMs(supposed.startedNs, monotonicNs()) });
    return supposed.thought;
  }

  #think(messages: readonly ChatMessage[], callable: readonly string[], priority?: number): Thought {
    const { temperature, maxTokens } = this.options.settings();
    const options = { temperature, maxTokens, tools: this.options.tools, callable };
    return new Thought(this.open(), messages, priority === undefined ? options : { ...options, priority });
  }

  /** Gives the sequence back; resolves when the model has it again. */
  async close(): Promise<void> {
    this.#supposed?.thought.drop();
    this.#supposed = undefined;
    await this.#sequence?.then((sequence) => sequence.close()).catch(() => undefined);
  }
}
