/** The chunks of a streamed chat completion, put together: text at once, a call of a tool when it is whole. */

import { fault } from '../../errors.js';
import type { GenerateOptions, Generation, ToolCall } from '../engine.js';
import { CallReader } from './call-reader.js';

interface CallDelta {
  index?: number;
  id?: string;
  function?: { name?: string; arguments?: string };
}

/** What is read of a chunk. */
export interface ChatChunk {
  choices?: { delta?: { content?: string | null; tool_calls?: CallDelta[] }; finish_reason?: string | null }[];
  usage?: {
    prompt_tokens?: number;
    completion_tokens?: number;
    prompt_tokens_details?: { cached_tokens?: number } | null;
  } | null;
  error?: { message?: string };
}

/**
 * Servers know a call by the marks of the model's template. Small models forget the marks, and their call comes as
 * text, which nobody may hear: where there are tools, it is looked for.
 */
export class ChatReader {
  readonly #words: CallReader | undefined;
  #text = '';
  #chunks = 0;
  #finish = '';
  #usage: ChatChunk['usage'];
  #call: { id: string; name: string; arguments: string } | undefined;

  constructor(private readonly options: Pick<GenerateOptions, 'tools' | 'callable' | 'onText'>) {
    if (options.tools && options.tools.length > 0) this.#words = new CallReader((text) => this.#say(text));
  }

  /** Something of the answer has come. */
  get begun(): boolean {
    return this.#chunks > 0;
  }
  get ended(): boolean {
    return this.#finish !== '';
  }

  /** Throws ENGINE_FAILED for an error that comes in the stream. */
  push({ choices, usage, error }: ChatChunk): void {
    if (error) throw fault('ENGINE_FAILED', 'openai', error.message ?? 'it failed');
    this.#usage = usage ?? this.#usage;
    const [choice] = choices ?? [];
    this.#finish = choice?.finish_reason ?? this.#finish;
    const text = choice?.delta?.content ?? '';
    for (const delta of choice?.delta?.tool_calls ?? []) this.#take(delta);
    if (text === '') return;
    this.#chunks += 1;
    if (this.#words) this.#words.push(text);
    else this.#say(text);
  }

  #say(text: string): void {
    this.#text += text;
    this.options.onText(text);
  }

  /** One call a turn: the others that some servers send at once are left out. */
  #take({ index = 0, id, function: part }: CallDelta): void {
    if (index !== 0) return;
    this.#chunks += 1;
    this.#call ??= { id: '', name: '', arguments: '' };
    this.#call.id = id ?? this.#call.id;
    this.#call.name += part?.name ?? '';
    this.#call.arguments += part?.arguments ?? '';
  }

  generation(aborted: boolean): Generation {
    if (!aborted) this.#words?.end();
    const counted = { text: this.#text, ...this.#counts() };
    if (aborted) return { ...counted, stop: 'abort' };
    const call = this.#called() ?? this.#words?.call;
    if (call && this.#isCallable(call.name)) return { ...counted, stop: 'tool', call };
    return { ...counted, stop: this.#finish === 'length' ? 'length' : 'end' };
  }

  #counts(): Pick<Generation, 'promptTokens' | 'cachedTokens' | 'completionTokens'> {
    const { prompt_tokens: promptTokens = 0, completion_tokens: completionTokens = this.#chunks } = this.#usage ?? {};
    const cachedTokens = this.#usage?.prompt_tokens_details?.cached_tokens;
    return { promptTokens, completionTokens, ...(cachedTokens === undefined ? {} : { cachedTokens }) };
  }

  /** The server is told of all tools; one that there is not at all is called, so that the model hears so. */
  #isCallable(name: string): boolean {
    const { tools = [], callable = tools.map((tool) => tool.name) } = this.options;
    return callable.includes(name) || (callable.length > 0 && !tools.some((tool) => tool.name === name));
  }

  /** Arguments that are no JSON become none: the validator tells the model what it wants. */
  #called(): ToolCall | undefined {
    if (!this.#call) return undefined;
    const { id, name, arguments: text } = this.#call;
    try {
      return { id, name, arguments: text === '' ? {} : JSON.parse(text) };
    } catch {
      return { id, name, arguments: {} };
    }
  }
}
