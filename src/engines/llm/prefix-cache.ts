/**
 * Evaluated system prompts, so that a call begins where the prompt of its agent ends: llama.cpp's state of a sequence,
 * in files without names. A prompt is kept from its second call on, since one that names its caller never comes again;
 * of such prompts what they have in common with a kept one is used. Price: the cache of each token once more (12 kB for
 * Qwen2.5 0.5B), and a few milliseconds for reading it, in which nobody generates.
 */
import { tmpdir } from 'node:os';
import {
  type ChatHistoryItem,
  type ChatWrapper,
  type LlamaContextSequence,
  type LlamaModel,
  resolveChatWrapper,
  type Token,
} from 'node-llama-cpp';
import { fault, type OavcError, reasonOf } from '../../errors.js';
import type { ChatMessage, ToolSpec } from '../engine.js';
import { systemPrompt } from './llama-history.js';
import { NamelessFile } from './nameless-file.js';

export interface Prefix {
  readonly tokens: readonly Token[];
  /** Calls that had it. */
  calls: number;
  state?: State;
}

interface State {
  file: NamelessFile;
  bytes: number;
}

/** Prompts whose calls are counted, and bounds of what is kept. */
const knownLimit = 64;
const statesLimit = 16;
const bytesLimit = 512 * 1024 * 1024;
/** Reading a state back is not worth fewer tokens. */
const leastGainTokens = 24;
/** Who waits for an answer goes first. */
const evaluationPriority = 2;

export class PrefixCache {
  /** By its text; the one used last is last. */
  readonly #known = new Map<string, Prefix>();
  readonly wrapper: ChatWrapper;
  /** Why a state could not be kept, where one could not. */
  failure: OavcError | undefined;
  #closing: Promise<unknown> = Promise.resolve();

  constructor(private readonly model: LlamaModel) {
    this.wrapper = resolveChatWrapper(model);
  }

  /** States that are kept. */
  get kept(): number {
    return this.#withState().length;
  }

  /** What these messages begin with. */
  find(messages: readonly ChatMessage[], tools: readonly ToolSpec[]): Prefix {
    const text = JSON.stringify([messages.filter(({ role }) => role === 'system'), tools]);
    const prefix = this.#known.get(text) ?? { tokens: this.#tokensOf(messages, tools), calls: 0 };
    this.#known.delete(text);
    this.#known.set(text, prefix);
    const [oldest] = this.#known;
    if (oldest && this.#known.size > knownLimit) this.#forget(...oldest);
    return prefix;
  }

  /** What the template makes of the system prompt, whatever comes after it. */
  #tokensOf(messages: readonly ChatMessage[], tools: readonly ToolSpec[]): Token[] {
    const [one = [], other = []] = ['A', 'B'].map((text) => {
      const chatHistory: ChatHistoryItem[] = [...systemPrompt(messages, tools), { type: 'user', text }];
      return this.wrapper.generateContextState({ chatHistory }).contextText.tokenize(this.model.tokenizer);
    });
    return one.slice(0, inCommon(one, other));
  }

  /** Brings an idle sequence as far into the prompt as it can be without evaluating. Never rejects. */
  async restore(sequence: LlamaContextSequence, { tokens }: Prefix): Promise<void> {
    const has = sequence.compareContextTokens([...tokens]).firstDifferentIndex;
    const [best] = this.#withState().sort((a, b) => inCommon(b.tokens, tokens) - inCommon(a.tokens, tokens));
    if (!best?.state || inCommon(best.tokens, tokens) < has + leastGainTokens) return;
    await best.state.file
      .use((path) => sequence.loadStateFromFile(path, { acceptRisk: true }))
      .catch(() => sequence.clearHistory())
      .catch(() => undefined);
  }

  /** Evaluates the prompt on an idle sequence and keeps its state, where it is used again. Never rejects. */
  async keep(sequence: LlamaContextSequence, prefix: Prefix): Promise<void> {
    const { length } = prefix.tokens;
    if (prefix.state || prefix.calls < 2 || length < leastGainTokens || length >= sequence.contextSize) return;
    const state = await evaluated(sequence, prefix.tokens).catch((thrown: unknown) => {
      this.failure ??= fault('PREFIX_NOT_KEPT', tmpdir(), reasonOf(thrown));
    });
    if (prefix.state || !this.#isKnown(prefix)) return state?.file.close();
    if (state) prefix.state = state;
    this.#bound();
  }

  /** The oldest states go. */
  #bound(): void {
    const states = this.#withState();
    for (let [oldest] = states; oldest && exceeds(states); [oldest] = states) {
      states.shift();
      this.#drop(oldest);
    }
  }

  /** Not forgotten, for others or for good, while it was evaluated. */
  #isKnown(prefix: Prefix): boolean {
    return [...this.#known.values()].includes(prefix);
  }

  #withState(): Prefix[] {
    return [...this.#known.values()].filter(({ state }) => state !== undefined);
  }

  #forget(text: string, prefix: Prefix): void {
    this.#known.delete(text);
    this.#drop(prefix);
  }

  #drop(prefix: Prefix): void {
    this.#closing = Promise.allSettled([this.#closing, prefix.state?.file.close()]);
    delete prefix.state;
  }

  async close(): Promise<void> {
    for (const [text, prefix] of [...this.#known]) this.#forget(text, prefix);
    await this.#closing;
  }
}

const exceeds = (states: readonly Prefix[]): boolean =>
  states.length > statesLimit || states.reduce((sum, { state }) => sum + (state?.bytes ?? 0), 0) > bytesLimit;

/** Tokens at the front that are the same. */
export function inCommon(some: readonly Token[], other: readonly Token[]): number {
  const different = some.findIndex((token, at) => token !== other[at]);
  return different < 0 ? some.length : different;
}

async function evaluated(sequence: LlamaContextSequence, tokens: readonly Token[]): Promise<State> {
  await sequence.adaptStateToTokens([...tokens], false);
  const rest = tokens.slice(sequence.nextTokenIndex);
  if (rest.length > 0) await sequence.evaluateWithoutGeneratingNewTokens([...rest], { evaluationPriority });
  const file = await NamelessFile.create();
  try {
    const { fileSize: bytes } = await file.use((path) => sequence.saveStateToFile(path));
    return { file, bytes };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}
