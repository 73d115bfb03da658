/** Calls of tools that a model writes as text: the JSON of its name and arguments, with or without marks around it. */
import type { ToolCall } from '../engine.js';

let serial = 0;

/** Parts what the model writes: text to be said goes on at once, a call is kept. */
export class CallReader {
  #call = '';
  #said = '';

  constructor(private readonly onText: (text: string) => void) {}

  /** What is to be said. */
  get said(): string {
    return this.#said;
  }

  push(chunk: string): void {
    const begin = this.#call === '' ? chunk.search(/[{<]/) : 0;
    if (begin >= 0) this.#call += chunk.slice(begin);
    this.#say(begin < 0 ? chunk : chunk.slice(0, begin));
  }

  /** The text is whole: what was kept and has nothing of a call was to be said after all. */
  end(): void {
    const kept = this.#call;
    if (/<tool_call>|"(name|arguments)"\s*:/.test(kept)) return;
    this.#call = '';
    this.#say(kept);
  }

  #say(text: string): void {
    if (text === '') return;
    this.#said += text;
    this.onText(text);
  }

  /** The call, when it is whole. */
  get call(): ToolCall | undefined {
    const json = this.#call.slice(this.#call.indexOf('{'), this.#call.lastIndexOf('}') + 1);
    try {
      const { name, arguments: given = {} } = JSON.parse(json) as Partial<ToolCall>;
      return typeof name === 'string' ? { id: `call-${++serial}`, name, arguments: given } : undefined;
    } catch {
      return undefined;
    }
  }
}
