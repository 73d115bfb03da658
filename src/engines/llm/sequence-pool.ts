/**
 * The sequences of a llama context. They are lent and given back, never disposed: llama reclaims a disposed one some
 * time later, and a sequence that comes back with its cache lets the next call of the same agent begin after the
 * system prompt.
 */
import type { LlamaContext, LlamaContextSequence } from 'node-llama-cpp';
import { fault } from '../../errors.js';
import { Rounds } from './rounds.js';

export class SequencePool {
  readonly #free: LlamaContextSequence[] = [];
  /** Calls that wait for a sequence whose last generation is still ending. */
  readonly #waiting: ((sequence: LlamaContextSequence) => void)[] = [];
  readonly #rounds = new Rounds();
  #lent = 0;
  /** Given up by their call, but still ending a generation. */
  #returning = 0;

  constructor(
    private readonly context: LlamaContext,
    private readonly limit: number,
  ) {}

  get lent(): number {
    return this.#lent;
  }

  /** Waits for one that is on its way back; rejects with ENGINE_FAILED when calls hold them all. */
  async take(): Promise<LlamaContextSequence> {
    if (this.#lent >= this.limit)
      throw fault('ENGINE_FAILED', 'llama', `all ${this.limit} sequences are in use; raise llm.sequences`);
    this.#lent++;
    const spare = this.#free.pop();
    if (spare !== undefined) return spare;
    if (this.#lent + this.#returning <= this.limit) return this.#rounds.share(this.context.getSequence());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Takes a sequence back once `idle` has settled. */
  async giveBack(sequence: LlamaContextSequence, idle: Promise<unknown>): Promise<void> {
    this.#lent--;
    this.#returning++;
    await idle.catch(() => {});
    this.#returning--;
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(sequence);
    else next(sequence);
  }
}
