/** Calls of tools that a model writes as text: the JSON of its name and arguments, with or without marks around it. */
import type { ToolCall } from '../engine.js';

let serial = 0;

/** How a call begins, without its blanks. */
const beginnings = [
  '<tool_call>',
  ...['name', 'arguments', 'parameters', 'type', 'function', 'id'].map((key) => `{"${key}"`),
];

const mayBeCall = (text: string): boolean => {
  const dense = text.replace(/\s+/g, '');
  return beginnings.some((beginning) => beginning.startsWith(dense) || dense.startsWith(beginning));
};

/** Parts what the model writes: text to be said goes on at once, what may be a call is kept. */
export class CallReader {
  #call = '';
  #said = '';

  constructor(private readonly onText: (text: string) => void) {}

  /** What is to be said. */
  get said(): string {
    return this.#said;
  }

  push(chunk: string): void {
    this.#call += chunk;
    while (this.#call !== '' && !mayBeCall(this.#call)) {
      const next = this.#call.slice(1).search(/[{<]/);
      const until = next < 0 ? this.#call.length : next + 1;
      this.#say(this.#call.slice(0, until));
      this.#call = this.#call.slice(until);
    }
  }

  /** The text is whole: what was kept and has nothing of a call was to be said after all. */
  end(): void {
    const kept = this.#call;
    if (/<tool_call>|"(name|arguments|parameters)"\s*:/.test(kept)) return;
    this.#call = '';
    this.#say(kept);
  }

  #say(text: string): void {
    if (text === '') return;
    this.#said += text;
    this.onText(text);
  }

  /** The first call that is whole; others that came with it are left out. */
  get call(): ToolCall | undefined {
    const text = this.#call;
    for (let from = text.indexOf('{'); from >= 0; from = text.indexOf('{', from + 1)) {
      const { name, arguments: given, parameters = {} } = objectAt(text, from) ?? {};
      if (typeof name === 'string') return { id: `call-${++serial}`, name, arguments: given ?? parameters };
    }
    return undefined;
  }
}

/** The arguments go by either of two names. */
type Written = Partial<ToolCall> & { parameters?: ToolCall['arguments'] };

/** The JSON object that begins there; undefined where it is none, or not whole. */
function objectAt(text: string, from: number): Written | undefined {
  for (let to = text.indexOf('}', from); to >= 0; to = text.indexOf('}', to + 1)) {
    try {
      return JSON.parse(text.slice(from, to + 1)) as Written;
    } catch {
      // a brace of an inner object: the next one may close this
    }
  }
  return undefined;
}
