/**
 * For tests: a deterministic language engine. It answers "You said: …" word by word, on a schedule that options set;
 * "call NAME {…}" makes it call that tool, and its result is the next thing that it answers.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../../errors.js';
import type {
  ChatMessage,
  EngineOptions,
  GenerateOptions,
  Generation,
  LlmEngine,
  LlmSequence,
  ToolCall,
} from '../engine.js';
import { numberOption } from '../options.js';

interface Script {
  answer: string | undefined;
  firstTokenMs: number;
  tokenMs: number;
  sequences: number;
  failOn: string | undefined;
}

const textOrNone = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/**
 * Options: `answer` (said instead of the echo, with the temperature asked for in place of `{temperature}`),
 * `firstTokenMs`, `tokenMs` (delays, 0), `sequences` (8), `failOn` (a user text with this in it makes the generation fail).
 */
export async function openScriptedLlm(options: EngineOptions): Promise<LlmEngine> {
  return new ScriptedLlm({
    answer: textOrNone(options.answer),
    failOn: textOrNone(options.failOn),
    firstTokenMs: numberOption('scripted', options, 'firstTokenMs', 0),
    tokenMs: numberOption('scripted', options, 'tokenMs', 0),
    sequences: numberOption('scripted', options, 'sequences', 8),
  });
}

class ScriptedLlm implements LlmEngine {
  openSequences = 0;
  constructor(private readonly script: Script) {}

  async open(): Promise<LlmSequence> {
    if (this.openSequences >= this.script.sequences)
      throw fault('ENGINE_FAILED', 'scripted', `all ${this.script.sequences} sequences are in use`);
    this.openSequences++;
    return new ScriptedSequence(this.script, () => this.openSequences--);
  }

  async warmUp(): Promise<void> {}
  async close(): Promise<void> {}
}

class ScriptedSequence implements LlmSequence {
  async prepare(): Promise<void> {}

  readonly #stop = new AbortController();
  constructor(
    private readonly script: Script,
    private readonly onClose: () => void,
  ) {}

  async generate(messages: readonly ChatMessage[], options: GenerateOptions): Promise<Generation> {
    const said = messages.at(-1)?.content ?? '';
    const { failOn, answer = `You said: ${said}` } = this.script;
    if (failOn !== undefined && said.includes(failOn))
      throw fault('ENGINE_FAILED', 'scripted', `it was told ${failOn}`);
    const promptTokens = messages.reduce((sum, { content }) => sum + wordsOf(content).length, 0);
    const call = calledBy(messages.at(-1), options.callable ?? []);
    if (call) return { text: '', stop: 'tool', call, promptTokens, completionTokens: 1 };
    const words = wordsOf(answer.replace('{temperature}', String(options.temperature)));
    const told = await this.#tell(words.slice(0, options.maxTokens), options);
    const stop =
      told.length < Math.min(words.length, options.maxTokens) ? 'abort' : told.length < words.length ? 'length' : 'end';
    return { text: told.join(''), stop, promptTokens, completionTokens: told.length };
  }

  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.onClose();
  }

  /** The words that came out before the signal. */
  async #tell(words: readonly string[], { signal, onText }: GenerateOptions): Promise<string[]> {
    const ended = AbortSignal.any([signal, this.#stop.signal]);
    const told: string[] = [];
    for (const word of words) {
      await delay(told.length === 0 ? this.script.firstTokenMs : this.script.tokenMs, undefined, {
        signal: ended,
      }).catch(() => {});
      if (ended.aborted) break;
      told.push(word);
      onText(word);
    }
    return told;
  }
}

let calls = 0;

/** "call NAME {…}", said by the caller, where there is such a tool. */
function calledBy(message: ChatMessage | undefined, callable: readonly string[]): ToolCall | undefined {
  const [, name, given] = /^call (\w+) (\{.*\})$/.exec(message?.role === 'user' ? message.content : '') ?? [];
  if (name === undefined || given === undefined || !callable.includes(name)) return undefined;
  return { id: `scripted-${++calls}`, name, arguments: JSON.parse(given) };
}

/** Words with the blank before each, as a tokeniser gives them. */
const wordsOf = (text: string): string[] => text.match(/\s*\S+/g) ?? [];
