/**
 * Any server with OpenAI's chat completions (llama-server, vLLM, Ollama, …): streamed, cancelled by closing the
 * connection, tried again as long as nothing of the answer has come.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { fault, reasonOf } from '../../errors.js';
import type { ChatMessage, EngineOptions, GenerateOptions, Generation, LlmEngine, LlmSequence } from '../engine.js';
import { numberOption, textOption } from '../options.js';
import { type RemoteOptions, request } from '../remote/http.js';
import { serverSentData } from '../remote/server-sent.js';
import { type ChatChunk, ChatReader } from './openai-reader.js';
import { askForOneToken } from './warm-up.js';

interface ChatOptions extends RemoteOptions {
  model: string;
  sequences: number;
}

/**
 * Options: `url` (up to and with /v1), `model` (its name there), `keyVariable` (environment variable of the key),
 * `retries` (2), `sequences` (calls at once, 64).
 */
export async function openOpenAiChat(options: EngineOptions): Promise<LlmEngine> {
  return new OpenAiChat({
    engine: 'openai',
    url: textOption('openai', options, 'url'),
    model: textOption('openai', options, 'model'),
    keyVariable: String(options.keyVariable ?? ''),
    retries: numberOption('openai', options, 'retries', 2),
    sequences: numberOption('openai', options, 'sequences', 64),
  });
}

class OpenAiChat implements LlmEngine {
  readonly #open = new Set<ChatSequence>();
  constructor(private readonly options: ChatOptions) {}

  get openSequences(): number {
    return this.#open.size;
  }

  async open(): Promise<LlmSequence> {
    const { sequences } = this.options;
    if (this.#open.size >= sequences)
      throw fault('ENGINE_FAILED', 'openai', `all ${sequences} sequences are in use; raise llm.sequences`);
    const sequence: ChatSequence = new ChatSequence(this.options, () => this.#open.delete(sequence));
    this.#open.add(sequence);
    return sequence;
  }

  warmUp(): Promise<void> {
    return askForOneToken(this);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((sequence) => sequence.close()));
  }
}

/** The messages as the API wants them: a tool's call and its result are two. */
const messagesOf = (messages: readonly ChatMessage[]): object[] =>
  messages.flatMap((message): object[] => {
    if (message.role !== 'tool') return [message];
    const { id, name, arguments: given } = message.call;
    const call = { id, type: 'function', function: { name, arguments: JSON.stringify(given) } };
    return [
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: id, content: message.content },
    ];
  });

function bodyOf(model: string, messages: readonly ChatMessage[], options: GenerateOptions): object {
  const { temperature, maxTokens, tools = [], callable } = options;
  const now = tools.filter(({ name }) => callable?.includes(name) ?? true);
  const calling =
    tools.length === 0
      ? {}
      : {
          tools: tools.map((tool) => ({ type: 'function', function: tool })),
          tool_choice: now.length > 0 ? 'auto' : 'none',
        };
  const stream = { stream: true, stream_options: { include_usage: true } };
  return { model, messages: messagesOf(messages), temperature, max_tokens: maxTokens, ...stream, ...calling };
}

class ChatSequence implements LlmSequence {
  readonly #stop = new AbortController();

  constructor(
    private readonly options: ChatOptions,
    private readonly onClose: () => void,
  ) {}

  async prepare(): Promise<void> {}

  async generate(messages: readonly ChatMessage[], options: GenerateOptions): Promise<Generation> {
    const signal = AbortSignal.any([options.signal, this.#stop.signal]);
    const reader = new ChatReader({ ...options, onText: (text) => !signal.aborted && options.onText(text) });
    try {
      if (!signal.aborted) await this.#stream(bodyOf(this.options.model, messages, options), signal, reader);
    } catch (thrown) {
      if (!signal.aborted) throw this.#failure(thrown);
    }
    return reader.generation(signal.aborted);
  }

  /** A connection that breaks before the first word is tried once more by itself. */
  async #stream(body: object, signal: AbortSignal, reader: ChatReader): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#streamOnce(body, signal, reader);
      } catch (thrown) {
        const again = !reader.begun && attempt < this.options.retries && !signal.aborted && !isFault(thrown);
        if (!again) throw thrown;
        await delay(150 * 2 ** attempt, undefined, { signal });
      }
    }
  }

  async #streamOnce(body: object, signal: AbortSignal, reader: ChatReader): Promise<void> {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const init = { method: 'POST', headers, body: JSON.stringify(body), signal };
    const response = await request(this.options, '/chat/completions', init);
    for await (const data of serverSentData(response.body ?? new ReadableStream<Uint8Array>())) {
      if (data === '[DONE]') return;
      reader.push(JSON.parse(data) as ChatChunk);
    }
    if (!reader.ended) throw new Error('its stream broke off');
  }

  #failure(thrown: unknown): Error {
    return isFault(thrown) ? (thrown as Error) : fault('ENGINE_FAILED', 'openai', reasonOf(thrown));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.onClose();
  }
}

/** An error that a further try does not mend, or that was tried often enough. */
const isFault = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'OavcError';
