/**
 * What the model is told of the conversation so far. Roles alternate, the system prompt always stays, whole exchanges
 * fall off the front when the budget is full, and of an interrupted answer only what the caller heard is kept.
 */
import type { ChatMessage, ToolCall } from '../../engines/engine.js';

/** What is put behind an answer that was cut off. */
const CUT = '…';

/** Messages held for the end of an answer; with more they do not wait. */
const deferredLimit = 64;

/** `given` in place of `before`, whose prompt stays where there is none in it. */
export function withPrompt(before: readonly ChatMessage[], given: readonly ChatMessage[]): ChatMessage[] {
  const isPrompt = ({ role }: ChatMessage): boolean => role === 'system';
  return given.some(isPrompt) ? [...given] : [...before.filter(isPrompt), ...given];
}

export class History {
  readonly #system: ChatMessage[];
  #messages: ChatMessage[] = [];
  #deferred: ChatMessage[] = [];

  /** `budget` bounds the characters of the messages besides the system prompt (about four to a token). */
  constructor(
    messages: readonly ChatMessage[],
    private readonly budget: number,
  ) {
    this.#system = messages.filter(({ role }) => role === 'system');
    for (const message of messages) if (message.role !== 'system') this.add(message);
  }

  /** System prompt, then the conversation. */
  get messages(): ChatMessage[] {
    return [...this.#system, ...this.#messages].map((message) => ({ ...message }));
  }

  addUser(text: string): void {
    this.add({ role: 'user', content: text });
  }

  /** An answer that was played to its end. */
  addAssistant(text: string): void {
    this.add({ role: 'assistant', content: text });
  }

  /** An answer that the caller cut off after `heard`; nothing is kept of one that was not heard at all. */
  addInterrupted(heard: string): void {
    const words = heard.trim();
    if (words !== '') this.add({ role: 'assistant', content: `${words.replace(/[.,;:…—–-]+$/, '')}${CUT}` });
  }

  /** Adds any message; one of the same role as the last joins it, as chat templates want alternating roles. */
  add(message: ChatMessage): void {
    const content = message.content.trim();
    if (content === '') return;
    if (message.role === 'system') this.#system.push({ ...message, content });
    else this.#join({ ...message, content });
    this.#trim();
  }

  /** Adds a message behind the answer that is under way: it is held until `settle`. What is for the system is not. */
  defer(message: ChatMessage): void {
    if (message.role === 'system') this.add(message);
    else this.#deferred.push(message);
    if (this.#deferred.length > deferredLimit) this.settle();
  }

  /** No answer is under way any more. */
  settle(): void {
    for (const message of this.#deferred.splice(0)) this.add(message);
  }

  /** A tool that the model called, and its result as the model reads it. */
  addTool(call: ToolCall, result: string): void {
    this.add({ role: 'tool', content: result, call });
  }

  /** The conversation as it would be after `addUser(text)`. */
  messagesAfter(text: string): ChatMessage[] {
    const after = new History(this.messages, this.budget);
    after.addUser(text);
    return after.messages;
  }

  #join(message: ChatMessage): void {
    const last = this.#messages.at(-1);
    if (last?.role !== message.role || message.role === 'tool') this.#messages.push(message);
    else last.content += `${last.content.endsWith(CUT) ? ' ' : '\n'}${message.content}`;
  }

  /** Whole exchanges go, the oldest first; the last message stays, cut at its front if it alone is too long. */
  #trim(): void {
    while (this.#messages.length > 1 && this.#length() > this.budget) {
      this.#messages.shift();
      while (this.#messages.length > 1 && this.#messages[0]?.role !== 'user') this.#messages.shift();
    }
    const [only] = this.#messages;
    if (only !== undefined && this.#messages.length === 1) only.content = only.content.slice(-this.budget);
  }

  #length(): number {
    return this.#messages.reduce((sum, { content }) => sum + content.length, 0);
  }
}
