/**
 * What the pipeline asks of an engine. One file per engine; none imports another. Samples are int16 mono at 16 kHz
 * on the way in, float32 in -1..1 at the engine's own rate on the way out.
 */

import type { OavcError } from '../errors.js';

/** Options of one engine, from its section of the configuration: model paths, threads, addresses. */
export type EngineOptions = Readonly<Record<string, string | number | boolean>>;

export interface SttCapabilities {
  /** Gives partials while the caller speaks. */
  streaming: boolean;
  /** Gives a confidence with each final. */
  confidence: boolean;
  /** Languages that `open` accepts. */
  languages: readonly string[];
}

export interface Transcript {
  text: string;
  /** 0..1; undefined where the engine gives none. */
  confidence: number | undefined;
}

/** One call's recogniser. Utterances follow one another: accept …, finish, accept …, finish. */
export interface SttStream {
  /** Takes audio of the current utterance; `onPartial` is called when its words change. */
  accept(samples: Int16Array): void;
  /** The caller paused: an engine that does not stream may start decoding what it has. */
  pause(): void;
  /** Ends the utterance; resolves with its words. Rejects when the engine failed; the stream stays usable. */
  finish(): Promise<Transcript>;
  /** Forgets the current utterance. */
  reset(): void;
  close(): void;
}

export interface SttEngine {
  readonly capabilities: SttCapabilities;
  open(options: { language: string; onPartial: (text: string) => void }): SttStream;
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** Judges by the sound whether a caller who paused has ended his turn. */
export interface TurnEngine {
  /** What it wants to hear at most, up to the pause, at 16 kHz. */
  readonly windowSamples: number;
  /** Probability 0..1 that the turn is complete; undefined when it has no time for it. */
  completion(samples: Int16Array): Promise<number | undefined>;
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** A tool as the model is told of it. */
export interface ToolSpec {
  name: string;
  description: string;
  /** JSON Schema of an object. */
  parameters: Readonly<Record<string, unknown>>;
}

/** The model calls a tool. `id` is unique in the call. */
export interface ToolCall {
  id: string;
  name: string;
  arguments: Readonly<Record<string, unknown>>;
}

/** `tool` is a call that the assistant made, and what came of it. */
export type ChatMessage =
  | { role: 'system' | 'user' | 'assistant'; content: string }
  | { role: 'tool'; content: string; call: ToolCall };

export interface Generation {
  /** What is to be said: a call of a tool is not in it. */
  text: string;
  /** `abort`: the signal ended it; the text is what had come. `tool`: `call` is to be answered first. */
  stop: 'end' | 'length' | 'abort' | 'tool';
  call?: ToolCall;
  promptTokens: number;
  /** Of the prompt, those that were read before; undefined where the engine cannot tell. */
  cachedTokens?: number;
  completionTokens: number;
}

export interface GenerateOptions {
  temperature: number;
  maxTokens: number;
  signal: AbortSignal;
  /** What the model may call; part of what it reads, so the same for all of a conversation. */
  tools?: readonly ToolSpec[];
  /** Names of those that may be called now; all where undefined. */
  callable?: readonly string[];
  /** 1..5: who goes first when more is to be read than one batch holds. */
  priority?: number;
  onText: (text: string) => void;
}

/** One call's conversation with the model; keeps what can be reused between turns (the prompt's cache). */
export interface LlmSequence {
  /** Reads what is said so far ahead of the next question; `generate` cuts it short. Never rejects. */
  prepare(messages: readonly ChatMessage[], tools?: readonly ToolSpec[]): Promise<void>;
  /** Answers the last user message, or goes on after the result of a tool. One at a time. */
  generate(messages: readonly ChatMessage[], options: GenerateOptions): Promise<Generation>;
  close(): Promise<void>;
}

/** What the calls of an agent begin with. */
export interface PromptPrefix {
  messages: readonly ChatMessage[];
  tools: readonly ToolSpec[];
}

export interface LlmEngine {
  open(): Promise<LlmSequence>;
  /** Sequences open now: what a leak test counts. */
  readonly openSequences: number;
  /** What went wrong at the warm-up, where calls are answered all the same, but slower. */
  readonly impaired?: OavcError | undefined;
  /** Makes the first answer as fast as the next; an engine that can reads the prefixes once for all calls. */
  warmUp(prefixes?: readonly PromptPrefix[]): Promise<void>;
  close(): Promise<void>;
}

export interface Speech {
  samples: Float32Array;
  rateHz: number;
}

export interface TtsEngine {
  readonly voices: readonly string[];
  /** Speaks one sentence; chunks come in order. Stops early when the signal aborts. */
  synthesize(text: string, options: { voice: string; speed: number; signal: AbortSignal }): AsyncIterable<Speech>;
  warmUp(): Promise<void>;
  close(): Promise<void>;
}
