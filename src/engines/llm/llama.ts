/**
 * llama.cpp through node-llama-cpp: one model, one context, a sequence a call; sequences that generate at the same
 * time share a batch. Between turns a sequence keeps its cache, so that only what is new in the conversation is read.
 */
import { availableParallelism } from 'node:os';
import {
  type ChatWrapper,
  type EvaluationPriority,
  getLlama,
  type Llama,
  LlamaChat,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
  resolveChatWrapper,
} from 'node-llama-cpp';
import { fault, reasonOf } from '../../errors.js';
import type {
  ChatMessage,
  EngineOptions,
  GenerateOptions,
  Generation,
  LlmEngine,
  LlmSequence,
  ToolSpec,
} from '../engine.js';
import { numberOption, textOption } from '../options.js';
import { chatHistory, saidSoFar } from './llama-history.js';
import { CallReader, ToolGrammars } from './llama-tools.js';
import { SequencePool } from './sequence-pool.js';

/** Options: `model` (path), `contextTokens` (of one call), `sequences`, `threads` (0: one core stays free). */
export async function openLlama(options: EngineOptions): Promise<LlmEngine> {
  const path = textOption('llama', options, 'model');
  const threads = numberOption('llama', options, 'threads', 0) || threadsFor(availableParallelism());
  const sequences = numberOption('llama', options, 'sequences', 1);
  const contextSize = numberOption('llama', options, 'contextTokens', 2048);
  const llama = await getLlama({
    build: 'never',
    gpu: false,
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.disabled,
    maxThreads: threads,
  });
  try {
    const model = await llama.loadModel({ modelPath: path });
    const context = await model.createContext({ contextSize, sequences, threads });
    return new LlamaEngine(llama, model, new SequencePool(context, sequences));
  } catch (error) {
    await llama.dispose();
    throw fault('ENGINE_FAILED', 'llama', `model ${path} cannot be loaded: ${reasonOf(error)}`);
  }
}

const evaluationPriority = (priority: number): EvaluationPriority =>
  priorities.find((known) => known === priority) ?? 5;
const priorities = [1, 2, 3, 4, 5] as const;

/** One core stays free for the rest, but not on a machine that has only two: there an answer would take twice as long. */
const threadsFor = (cores: number): number => Math.max(Math.min(2, cores), cores - 1);

class LlamaEngine implements LlmEngine {
  readonly #wrapper: ChatWrapper;
  readonly #open = new Set<LlamaSequence>();
  readonly #grammars: ToolGrammars;

  constructor(
    private readonly llama: Llama,
    model: LlamaModel,
    private readonly pool: SequencePool,
  ) {
    this.#wrapper = resolveChatWrapper(model);
    this.#grammars = new ToolGrammars(llama);
  }

  get openSequences(): number {
    return this.pool.lent;
  }

  async open(): Promise<LlmSequence> {
    const sequence = await this.pool.take();
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: this.#wrapper });
    const opened = new LlamaSequence(chat, sequence, this.#grammars, (idle) => {
      this.#open.delete(opened);
      return this.pool.giveBack(sequence, idle);
    });
    this.#open.add(opened);
    return opened;
  }

  async warmUp(): Promise<void> {
    const sequence = await this.open();
    const options = { temperature: 0, maxTokens: 1, signal: new AbortController().signal, onText: () => {} };
    await sequence.generate([{ role: 'user', content: 'Hello' }], options).finally(() => sequence.close());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((sequence) => sequence.close()));
    await this.llama.dispose();
  }
}

class LlamaSequence implements LlmSequence {
  readonly #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #busy = false;
  /** Of the generation that was asked for last. */
  #current: AbortSignal | undefined;
  #preparing: AbortController | undefined;

  constructor(
    private readonly chat: LlamaChat,
    private readonly sequence: LlamaContextSequence,
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
    const options = { initialUserPrompt: '', maxTokens: 0, signal, stopOnAbortSignal: true };
    this.#running = this.#running
      .then(() =>
        signal.aborted ? undefined : this.chat.loadChatAndCompleteUserMessage(saidSoFar(messages, tools), options),
      )
      .catch(() => undefined);
    await this.#running;
  }

  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    const idle = this.#running.finally(() => this.chat.dispose({ disposeSequence: false }));
    await this.giveBack(idle);
  }

  async #generate(messages: readonly ChatMessage[], options: GenerateOptions): Promise<Generation> {
    const signal = AbortSignal.any([options.signal, this.#stop.signal]);
    const reader = new CallReader((text) => {
      if (!signal.aborted) options.onText(text);
    });
    let completionTokens = 0;
    const stop = await this.#respond(messages, options, signal, {
      onTextChunk: (chunk) => reader.push(chunk),
      onToken: (tokens) => {
        completionTokens += tokens.length;
      },
    });
    const promptTokens = Math.max(0, this.sequence.nextTokenIndex - completionTokens);
    const counted = { text: reader.said, promptTokens, completionTokens };
    const call = stop === 'end' ? reader.call : undefined;
    return call ? { ...counted, stop: 'tool', call } : { ...counted, stop };
  }

  async #respond(
    messages: readonly ChatMessage[],
    { temperature, maxTokens, tools = [], callable, priority = 5 }: GenerateOptions,
    signal: AbortSignal,
    listeners: { onTextChunk: (chunk: string) => void; onToken: (tokens: readonly number[]) => void },
  ): Promise<Generation['stop']> {
    try {
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
