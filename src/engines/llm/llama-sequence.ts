/** One call's sequence of llama.cpp: answers, reads ahead, and starts from what other calls have read. */
import type { EvaluationPriority, LlamaChat, LlamaContextSequence } from 'node-llama-cpp';
import { fault, reasonOf } from '../../errors.js';
import type { ChatMessage, GenerateOptions, Generation, LlmSequence, PromptPrefix, ToolSpec } from '../engine.js';
import { CallReader } from './call-reader.js';
import { chatHistory, saidSoFar } from './llama-history.js';
import type { ToolGrammars } from './llama-tools.js';
import type { Prefix, PrefixCache } from './prefix-cache.js';

const evaluationPriority = (priority: number): EvaluationPriority =>
  priorities.find((known) => known === priority) ?? 5;
const priorities = [1, 2, 3, 4, 5] as const;

/** Nobody waits for what is read ahead. */
const aheadPriority = 2;

export class LlamaSequence implements LlmSequence {
  readonly #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #busy = false;
  /** Of the generation that was asked for last. */
  #current: AbortSignal | undefined;
  #preparing: AbortController | undefined;
  #prefix: Prefix | undefined;

  constructor(
    private readonly chat: LlamaChat,
    private readonly sequence: LlamaContextSequence,
    private readonly prefixes: PrefixCache,
    private readonly grammars: ToolGrammars,
    private readonly giveBack: (idle: Promise<unknown>) => Promise<void>,
  ) {}

  async generate(messages: readonly ChatMessage[], options: GenerateOptions): Promise<Generation> {
    if (this.#stop.signal.aborted) throw fault('ENGINE_FAILED', 'llama', 'the sequence is closed');
    // One that was aborted is still ending: the next waits for it.
    if (this.#busy && !this.#current?.aborted)
      throw fault('ENGINE_FAILED', 'llama', 'the sequence is generating already');
    this.#busy = true;
    this.#current = options.signal;
    this.#preparing?.abort();
    const running = this.#running
      .then(() => this.#generate(messages, options))
      .finally(() => {
        this.#busy = this.#current !== options.signal;
      });
    this.#running = running.catch(() => undefined);
    return running;
  }

  async prepare(messages: readonly ChatMessage[], tools: readonly ToolSpec[] = []): Promise<void> {
    if (this.#busy || this.#stop.signal.aborted || messages.at(-1)?.role === 'user') return;
    const given = new AbortController();
    this.#preparing = given;
    const signal = AbortSignal.any([given.signal, this.#stop.signal]);
    this.#running = this.#running.then(() => this.#readAhead(messages, tools, signal)).catch(() => undefined);
    await this.#running;
  }

  /** Reads a prefix that many calls will begin with. */
  async learn({ messages, tools }: PromptPrefix): Promise<void> {
    const prefix = this.prefixes.find(messages, tools);
    prefix.calls = Math.max(prefix.calls, 2);
    await this.prefixes.keep(this.sequence, prefix);
  }

  async #readAhead(messages: readonly ChatMessage[], tools: readonly ToolSpec[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const prefix = await this.#begin(messages, tools);
    await this.prefixes.keep(this.sequence, prefix);
    const options = { initialUserPrompt: '', maxTokens: 0, signal, stopOnAbortSignal: true };
    await this.chat.loadChatAndCompleteUserMessage(saidSoFar(messages, tools), {
      ...options,
      evaluationPriority: aheadPriority,
    });
  }

  /** Whatever of the prompt was read for another call need not be read again. */
  async #begin(messages: readonly ChatMessage[], tools: readonly ToolSpec[]): Promise<Prefix> {
    const prefix = this.prefixes.find(messages, tools);
    if (prefix !== this.#prefix) prefix.calls++;
    this.#prefix = prefix;
    await this.prefixes.restore(this.sequence, prefix);
    return prefix;
  }

  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    const idle = this.#running.finally(() => this.chat.dispose({ disposeSequence: false }));
    await this.giveBack(idle);
  }

  async #generate(messages: readonly ChatMessage[], options: GenerateOptions): Promise<Generation> {
    const unheard = new AbortController();
    const signal = AbortSignal.any([options.signal, this.#stop.signal, unheard.signal]);
    const reader = new CallReader((text) => {
      if (!signal.aborted) this.#tell(text, options, unheard);
    });
    let completionTokens = 0;
    const readBefore = this.sequence.tokenMeter.usedInputTokens;
    const stop = await this.#respond(messages, options, signal, {
      onTextChunk: (chunk) => reader.push(chunk),
      onToken: (tokens) => {
        completionTokens += tokens.length;
      },
    });
    if (unheard.signal.aborted) throw fault('ENGINE_FAILED', 'llama', reasonOf(unheard.signal.reason));
    const counted = { text: reader.said, ...this.#promptTokens(completionTokens, readBefore), completionTokens };
    const call = stop === 'end' ? reader.call : undefined;
    return call ? { ...counted, stop: 'tool', call } : { ...counted, stop };
  }

  /** A listener that throws ends the generation: node-llama-cpp would print the error and go on without that text. */
  #tell(text: string, { onText }: GenerateOptions, unheard: AbortController): void {
    try {
      onText(text);
    } catch (thrown) {
      unheard.abort(thrown);
    }
  }

  /** All of the prompt, and what of it was in the cache. */
  #promptTokens(completionTokens: number, readBefore: number): { promptTokens: number; cachedTokens: number } {
    const promptTokens = Math.max(0, this.sequence.nextTokenIndex - completionTokens);
    const read = this.sequence.tokenMeter.usedInputTokens - readBefore;
    return { promptTokens, cachedTokens: Math.max(0, promptTokens - read) };
  }

  async #respond(
    messages: readonly ChatMessage[],
    { temperature, maxTokens, tools = [], callable, priority = 5 }: GenerateOptions,
    signal: AbortSignal,
    listeners: { onTextChunk: (chunk: string) => void; onToken: (tokens: readonly number[]) => void },
  ): Promise<Generation['stop']> {
    try {
      await this.#begin(messages, tools);
      const grammar = tools.length > 0 ? { grammar: await this.grammars.of(tools, callable) } : {};
      const { metadata } = await this.chat.generateResponse(chatHistory(messages, tools), {
        ...grammar,
        evaluationPriority: evaluationPriority(priority),
        temperature,
        maxTokens,
        signal,
        stopOnAbortSignal: true,
        ...listeners,
      });
      if (metadata.stopReason === 'abort') return 'abort';
      return metadata.stopReason === 'maxTokens' ? 'length' : 'end';
    } catch (error) {
      if (signal.aborted) return 'abort'; // the prompt was still being read: llama throws the signal's reason
      throw fault('ENGINE_FAILED', 'llama', reasonOf(error));
    }
  }
}
