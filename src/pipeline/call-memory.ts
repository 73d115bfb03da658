/**
 * What main remembers of a conversation, from its events: enough to give a call to a new worker after one died.
 * Bounded: the oldest messages after the prompt go first.
 */
import type { ChatMessage, ToolCall } from '../engines/engine.js';
import type { CallEvent, CallEventOf } from './events.js';
import { withPrompt } from './text/history.js';

const messageLimit = 64;

export class CallMemory {
  #messages: ChatMessage[];
  #nextTurn = 0;
  #heard: string[] = [];
  /** Tools that are at work. */
  readonly #asked = new Map<string, ToolCall & { client: boolean }>();

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
    else if (event.type === 'function-call-started')
      this.#asked.set(event.toolCallId, { ...event, id: event.toolCallId });
    else if (event.type === 'function-call-ended') this.#ended(event);
  }

  /** False when no client is asked this, or it was answered. */
  answer(toolCallId: string): boolean {
    const asked = this.#asked.get(toolCallId);
    if (!asked?.client) return false;
    this.#asked.set(toolCallId, { ...asked, client: false });
    return true;
  }

  #ended({ toolCallId, result, cancelled }: CallEventOf<'function-call-ended'>): void {
    const asked = this.#asked.get(toolCallId);
    this.#asked.delete(toolCallId);
    if (!asked || cancelled) return;
    const { id, name, arguments: given } = asked;
    this.append({ role: 'tool', content: JSON.stringify(result) ?? '', call: { id, name, arguments: given } });
  }

  append(message: ChatMessage): void {
    this.#keep([...this.#messages, message]);
  }

  replace(messages: readonly ChatMessage[]): void {
    this.#keep(withPrompt(this.#messages, messages));
  }

  /** Of too many the prompt, which is the first, and the newest stay. */
  #keep(messages: ChatMessage[]): void {
    messages.splice(1, messages.length - messageLimit);
    this.#messages = messages;
  }

  #answered(text: string): void {
    this.#heard = [];
    if (text !== '') this.append({ role: 'assistant', content: text });
  }
}
