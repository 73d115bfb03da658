/**
 * What main remembers of a conversation, from its events: enough to give a call to a new worker after one died.
 * Bounded: the oldest messages after the prompt go first.
 */
import type { ChatMessage } from '../engines/engine.js';
import type { CallEvent } from './events.js';

const messageLimit = 64;

export class CallMemory {
  readonly #messages: ChatMessage[];
  #nextTurn = 0;
  #heard: string[] = [];
  /** Tools that a client is to answer. */
  readonly #asked = new Set<string>();

  constructor(prompt: string) {
    this.#messages = [{ role: 'system', content: prompt }];
  }

  get messages(): ChatMessage[] {
    return [...this.#messages];
  }
  get nextTurn(): number {
    return this.#nextTurn;
  }

  take(event: CallEvent): void {
    if ('turn' in event && event.turn >= this.#nextTurn && event.type !== 'transcript-final')
      this.#nextTurn = event.turn + 1;
    if (event.type === 'user-turn-ended') this.append({ role: 'user', content: event.text });
    else if (event.type === 'sentence-heard') this.#heard.push(event.text);
    else if (event.type === 'bot-stopped-speaking') this.#answered(this.#heard.join(' '));
    else if (event.type === 'bot-interrupted') this.#answered(event.heard);
    else if (event.type === 'function-call-started' && event.client) this.#asked.add(event.toolCallId);
    else if (event.type === 'function-call-ended') this.#asked.delete(event.toolCallId);
  }

  /** False when no client is asked this, or it was answered. */
  answer(toolCallId: string): boolean {
    return this.#asked.delete(toolCallId);
  }

  append(message: ChatMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > messageLimit) this.#messages.splice(1, 1);
  }

  #answered(text: string): void {
    this.#heard = [];
    if (text !== '') this.append({ role: 'assistant', content: text });
  }
}
