/**
 * Every message between threads, one arm of a union each. Main talks to each worker over its own port; workers talk
 * to one another over direct ports, so a stalled main thread stops no conversation.
 *
 *   main ⇄ speech, language, voice      MainToWorker / WorkerToMain
 *   speech → language                   SpeechToLanguage
 *   language → voice                    LanguageToVoice
 *   voice → speech, speech → voice      VoiceToSpeech / SpeechToVoice
 *   language → speech                   LanguageToSpeech
 *
 * The speech worker owns the turns of its calls: whoever wants the bot to speak asks it, and gets a turn number.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ChatMessage, EngineOptions, ToolCall } from '../../engines/engine.js';
import type { CallEvent } from '../events.js';
import type { CallSettings } from '../services.js';
import type { Tool } from '../tools/tool.js';

export type WorkerRole = 'speech' | 'language' | 'voice';

export interface EngineChoice {
  name: string;
  options: EngineOptions;
  /** Of a language engine: who answers while it does not. */
  fallback?: EngineChoice;
}

export interface TurnOptions {
  strategy: 'silence' | 'adaptive' | 'smart';
  /** Silence that ends the caller's turn, and the bounds of what a strategy makes of it. */
  silenceMs: number;
  minSilenceMs: number;
  maxSilenceMs: number;
  /** Completion from which the smart strategy ends the turn. */
  smartThreshold: number;
  /** Silence after which a recogniser that does not stream may decode ahead. */
  pauseMs: number;
  /** Silence that ends a turn whose expected digits are not all there. */
  expectSilenceMs: number;
  /** Speech shorter than this is noise. */
  minSpeechMs: number;
  /** Probability at which speech starts and, lower, ends. */
  startThreshold: number;
  stopThreshold: number;
  bargeIn: boolean;
  /** Words that confirm a barge-in. */
  bargeInWords: number;
  /** Speech that confirms a barge-in when no words come. */
  bargeInSpeechMs: number;
  /** A key interrupts the bot. */
  bargeInDigits: boolean;
  digitTimeoutMs: number;
  digitEnd: string;
  /** Silence of both sides after which the caller is asked; 0 for never. */
  idleMs: number;
  /** By language. */
  words: Readonly<Record<string, LanguageWords>>;
  /** Longest wait for a final transcript. */
  sttTimeoutMs: number;
}

/** What turn-taking knows of a language. */
export interface LanguageWords {
  /** They do not interrupt. */
  backChannels: readonly string[];
  /** They interrupt alone. */
  commands: readonly string[];
  /** Last words after which the caller goes on, and of a whole sentence. */
  unfinished: readonly string[];
  complete: readonly string[];
  /** Asked of a silent caller, one after the other; then the goodbye. */
  idlePrompts: readonly string[];
  goodbye: string;
}

export interface WorkerData {
  role: WorkerRole;
  name: string;
  logLevel: string;
  /** Engine by language; `*` for any other language. */
  engines: Readonly<Record<string, EngineChoice>>;
  /** The model of the smart strategy, where a speech worker is to have it. */
  turnEngine: EngineChoice | undefined;
  turn: TurnOptions;
  /** Spoken when an engine failed, by language. */
  apologies: Readonly<Record<string, string>>;
  /** Longest wait for the model's first token, and for a sentence's audio. */
  llmTimeoutMs: number;
  ttsTimeoutMs: number;
  /** What a call's history may hold besides the system prompt. */
  historyCharacters: number;
  /** System prompts by agent, placeholders and all. */
  prompts: Readonly<Record<string, string>>;
  /** What the model may call, by agent. */
  tools: Readonly<Record<string, readonly Tool[]>>;
  /** Tools that may be called in one turn. */
  toolCalls: number;
  /** Answers may be begun before the caller's turn is over. */
  speculate: boolean;
  /** Level that voices are brought to, in dB under full scale; 0 leaves them as they are. */
  voiceLevelDb: number;
}

/** What a worker must know of a call. Buffers are shared, not copied. */
export interface Attachment {
  callId: string;
  heard: SharedArrayBuffer;
  spoken: SharedArrayBuffer;
  lineRateHz: number;
  settings: CallSettings;
  /** Name of the agent, whose tools the model has. */
  agent: string;
  /** System prompt, then what was said so far (after a worker was replaced). */
  messages: ChatMessage[];
  /** The turn number that follows. */
  nextTurn: number;
  /** Somebody wants to see how loud it is. */
  levels: boolean;
  /** Nobody hears the other side now. */
  held: boolean;
  /** Digits of the number that the caller is expected to give; 0 for none. */
  expectDigits: number;
}

export type MainToWorker =
  | { type: 'peer'; role: WorkerRole; name: string; port: MessagePort }
  /** The peers' names that this call uses. */
  | { type: 'attach'; call: Attachment; peers: Partial<Record<WorkerRole, string>> }
  | { type: 'detach'; callId: string }
  | { type: 'settings'; callId: string; patch: Partial<CallSettings> }
  /** To speech: cut the bot off, and answer whether there was anything to cut off. */
  | { type: 'interrupt'; callId: string; answer?: MessagePort }
  /**
   * To speech: say this text as a turn of its own; `remember` keeps it in the history as the assistant's, and without
   * `interruptible` the caller hears it to the end.
   */
  | {
      type: 'say';
      callId: string;
      text: string;
      interrupt: boolean;
      remember: boolean;
      interruptible: boolean;
    }
  /** To speech: the caller is about to give a number of so many digits; 0 takes that back. */
  | { type: 'expect'; callId: string; digits: number }
  /** To speech: a key that did not come by RTP. */
  | { type: 'key'; callId: string; digit: string; durationMs: number; way: 'signalling' | 'client' }
  /** To speech: the call is on hold, or no longer. */
  | { type: 'hold'; callId: string; held: boolean }
  /** To speech: answer this text as if the caller had said it. Empty: answer the context as it is. */
  | { type: 'run'; callId: string; text: string; interrupt: boolean; audio: boolean }
  /** To speech: tell audio levels, or no more. */
  | { type: 'levels'; callId: string; on: boolean }
  /** To language: put a message into the history. */
  | { type: 'append'; callId: string; message: ChatMessage }
  /** To language: the history is this from now on; the prompt stays where none is given. */
  | { type: 'context'; callId: string; messages: ChatMessage[] }
  /** To language: what a tool gave that another part or a client answers. */
  | { type: 'function-result'; callId: string; toolCallId: string; result: unknown }
  | { type: 'stop' };

export type WorkerToMain =
  /** `wake` of a speech worker, 0 of others; `voices` by language of a voice worker. */
  | { type: 'ready'; wake: number; voices: Record<string, readonly string[]> }
  | { type: 'failed'; code: string; message: string }
  /** The worker has what the call needs of it, or cannot have it. */
  | { type: 'attached'; callId: string }
  | { type: 'refused'; callId: string; why: string }
  | { type: 'detached'; callId: string }
  | { type: 'event'; event: CallEvent }
  /** The model does something to its call; a `function-result` answers. */
  | { type: 'act'; callId: string; act: ToolCall }
  /** What is held for calls: recognisers, VAD slots, sequences, voices. Sent with each `detached`. */
  | { type: 'held'; counts: Record<string, number> };

export type SpeechToLanguage =
  /** The caller's turn is over: answer it. `epoch` is the spoken ring's. */
  | { type: 'turn'; callId: string; turn: number; epoch: number; text: string; audio: boolean }
  | { type: 'say'; callId: string; turn: number; epoch: number; text: string; remember: boolean }
  /** He paused, and this is probably what he said: think ahead. Empty: he goes on. */
  | { type: 'suppose'; callId: string; text: string }
  /** Stop working on the turn; the caller heard only `heard`. */
  | { type: 'cancel'; callId: string; turn: number; heard: string }
  /** The turn was played to its end, and this is what it was. */
  | { type: 'heard'; callId: string; turn: number; heard: string };

export type LanguageToVoice =
  /** `text` as it was written; `spoken` as the voice reads it (numbers in words). `fixed`: the model did not write it. */
  | {
      type: 'sentence';
      callId: string;
      turn: number;
      epoch: number;
      index: number;
      text: string;
      spoken: string;
      fixed: boolean;
    }
  /** No more sentences in this turn. */
  | { type: 'end'; callId: string; turn: number; epoch: number }
  /** Play the apology that was prepared at start. */
  | { type: 'apologise'; callId: string; turn: number; epoch: number; index: number };

export type LanguageToSpeech =
  /** The turn will have no (more) audio: nothing was generated, or text only was asked for. */
  | { type: 'silent'; callId: string; turn: number }
  /** There is something to say without a question: a tool failed after the bot had spoken. */
  | { type: 'go-on'; callId: string };

export type VoiceToSpeech =
  /** `from` and `to` are positions in the spoken ring. */
  | { type: 'written'; callId: string; turn: number; index: number; text: string; from: number; to: number }
  | { type: 'finished'; callId: string; turn: number };

export type SpeechToVoice = { type: 'cancel'; callId: string; turn: number };

/** Everything that may come over a port between workers. */
export type PeerMessage = SpeechToLanguage | LanguageToVoice | LanguageToSpeech | VoiceToSpeech | SpeechToVoice;
