/**
 * llama.cpp through node-llama-cpp: one model, one context, a sequence a call; sequences that generate at the same
 * time share a batch. Between turns a sequence keeps its cache, so that only what is new in the conversation is read.
 */
import { availableParallelism } from 'node:os';
import { getLlama, type Llama, LlamaChat, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import { fault, type OavcError, reasonOf } from '../../errors.js';
import type { EngineOptions, LlmEngine, PromptPrefix } from '../engine.js';
import { numberOption, textOption } from '../options.js';
import { LlamaSequence } from './llama-sequence.js';
import { ToolGrammars } from './llama-tools.js';
import { PrefixCache } from './prefix-cache.js';
import { SequencePool } from './sequence-pool.js';
import { askForOneToken } from './warm-up.js';

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
    const batchSize = Math.max(batchTokens, sequences);
    const context = await model.createContext({ contextSize, sequences, threads, batchSize });
    return new LlamaEngine(llama, model, new SequencePool(context, sequences));
  } catch (error) {
    await llama.dispose();
    throw fault('ENGINE_FAILED', 'llama', `model ${path} cannot be loaded: ${reasonOf(error)}`);
  }
}

/**
 * A round of all that generate and read holds so many tokens: who is in mid-answer waits no longer for others' prompts.
 * On the processor more would read no faster.
 */
const batchTokens = 128;

/** One core stays free for the rest, but not on a machine that has only two: there an answer would take twice as long. */
const threadsFor = (cores: number): number => Math.max(Math.min(2, cores), cores - 1);

class LlamaEngine implements LlmEngine {
  readonly #open = new Set<LlamaSequence>();
  readonly #prefixes: PrefixCache;
  readonly #grammars: ToolGrammars;

  constructor(
    private readonly llama: Llama,
    model: LlamaModel,
    private readonly pool: SequencePool,
  ) {
    this.#prefixes = new PrefixCache(model);
    this.#grammars = new ToolGrammars(llama);
  }

  get openSequences(): number {
    return this.pool.lent;
  }

  get impaired(): OavcError | undefined {
    return this.#prefixes.failure;
  }

  async open(): Promise<LlamaSequence> {
    const sequence = await this.pool.take();
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: this.#prefixes.wrapper });
    const opened = new LlamaSequence(chat, sequence, this.#prefixes, this.#grammars, (idle) => {
      this.#open.delete(opened);
      return this.pool.giveBack(sequence, idle);
    });
    this.#open.add(opened);
    return opened;
  }

  async warmUp(prefixes: readonly PromptPrefix[] = []): Promise<void> {
    await askForOneToken(this);
    const sequence = await this.open();
    for (const prefix of prefixes) await sequence.learn(prefix);
    await sequence.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((sequence) => sequence.close()));
    await this.#prefixes.close();
    await this.llama.dispose();
  }
}
