/**
 * One generation of the model that nobody may be listening to yet: its text waits until somebody does. So a question
 * can be answered before it is certain that it was one, and dropped without a trace when it was not.
 */
import type { ChatMessage, GenerateOptions, Generation, LlmSequence } from '../../engines/engine.js';

/** Characters that wait for a listener: more than a caller's pause ever gives time for. */
const bufferLimit = 4000;

export class Thought {
  readonly result: Promise<Generation>;
  readonly #abort = new AbortController();
  #waiting: string[] = [];
  #length = 0;
  #listener: ((text: string) => void) | undefined;

  constructor(
    sequence: Promise<LlmSequence>,
    readonly messages: readonly ChatMessage[],
    options: Omit<GenerateOptions, 'signal' | 'onText'>,
  ) {
    const { signal } = this.#abort;
    const onText = (text: string) => this.#take(text);
    this.result = sequence.then((opened) => opened.generate(messages, { ...options, signal, onText }));
    this.result.catch(() => undefined);
  }

  /** Whether this is the answer to these messages. */
  answers(messages: readonly ChatMessage[]): boolean {
    return !this.#abort.signal.aborted && JSON.stringify(messages) === JSON.stringify(this.messages);
  }

  /** Gives what has come so far at once, the rest as it comes; the signal ends it. */
  listen(onText: (text: string) => void, signal: AbortSignal): void {
    for (const text of this.#waiting.splice(0)) onText(text);
    this.#listener = onText;
    if (signal.aborted) this.drop();
    else signal.addEventListener('abort', () => this.drop(), { once: true });
  }

  drop(): void {
    this.#abort.abort();
    this.#waiting = [];
  }

  #take(text: string): void {
    if (this.#listener) return this.#listener(text);
    this.#waiting.push(text);
    this.#length += text.length;
    if (this.#length > bufferLimit) this.drop();
  }
}
