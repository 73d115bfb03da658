/**
 * The verbs by which anybody outside (RTVI, the HTTP endpoints, the command line) reaches a running call. Each takes
 * effect in the call or throws an OavcError with the reason; none only logs.
 */
import type { EndReason, SettingChange } from '../pipeline/events.js';
import type { CallSettings } from '../pipeline/services.js';
import type { PlaceOptions } from '../signalling/leg.js';

export interface CallInfo {
  callId: string;
  from: string;
  to: string;
  /** Name of the agent's section. */
  agent: string;
  direction: 'inbound' | 'outbound';
  state: 'starting' | 'running' | 'ending';
  /** Seconds since the epoch. */
  startedAt: number;
  /** Seconds. */
  duration: number;
  codec: string;
  language: string;
  settings: CallSettings;
  /** What this server has for the call; empty where anything may be tried. */
  choices: { language: readonly string[]; voice: readonly string[] };
}

/** One accepted change of settings; `at` is seconds since the epoch. */
export interface ConfigChange {
  at: number;
  origin: string;
  changes: SettingChange[];
}

export interface TransferResult {
  success: boolean;
  destination: string;
  /** Seconds since the epoch. */
  transferredAt: number;
  /** SIP status that decided it; 0 where the peer gave none. */
  status: number;
  reason: string;
}

export interface SpeakOptions {
  /** Cut the bot off first. */
  interrupt: boolean;
  origin: string;
}

export interface ContextMessage {
  role: 'user' | 'assistant' | 'system';
  content: string;
}

export interface CallControl {
  readonly callId: string;
  info(): CallInfo;
  /** Ends the call; true when it was running. */
  hangup(reason: EndReason, origin: string): Promise<boolean>;
  /** Hands the caller to a SIP URI or number. */
  transfer(destination: string, origin: string): Promise<TransferResult>;
  /** Returns the state now in force. */
  setMuted(muted: boolean, origin: string): boolean;
  /** Applies a patch that was validated as a whole; returns what changed. */
  update(patch: Partial<CallSettings>, origin: string): SettingChange[];
  configHistory(): readonly ConfigChange[];
  /** Cuts the bot off; false when it was neither thinking nor speaking. */
  interrupt(origin: string): Promise<boolean>;
  /** Speaks a text; it becomes part of the history. */
  say(text: string, options: SpeakOptions): void;
  /** Answers a text as if the caller had said it; without `audio` the answer is text only. */
  sendText(text: string, options: SpeakOptions & { audio: boolean }): void;
  /** Adds to the model's context; `runNow` lets it answer at once. */
  appendContext(role: ContextMessage['role'], text: string, runNow: boolean, origin: string): void;
  /** Keys as if the caller had pressed them: 0-9 * # A-D. */
  pressKeys(keys: string): void;
  /** Sends keys to the other side as telephone events. */
  sendDigits(digits: string): void;
  /**
   * A human speaks to the caller: int16 samples at `rateHz`, 8000 to 48000. Throws NOT_SUPPORTED where that is switched
   * off, or while another one speaks.
   */
  supervise(samples: Int16Array, rateHz: number, origin: string): void;
  /** The one who spoke has gone. */
  endSupervision(origin: string): void;
  /** Tells `audio-level` events from now on, or no more; of a call that is over there is nothing to tell. */
  watchLevels(on: boolean): void;
  /** The caller is about to give a number of so many digits: his turn waits for them. 0 takes it back. */
  expectDigits(digits: number, origin: string): void;
  /** The conversation so far is this from now on; without a message of the system, the prompt stays. */
  replaceContext(messages: readonly ContextMessage[]): void;
  /** Gives the result of a tool that a client answers; throws TOOL_CALL_UNKNOWN when nothing waits for it. */
  answerFunctionCall(toolCallId: string, result: unknown, origin: string): void;
}

/** Whom to call, who shall speak, and what it is about. */
export interface PlaceRequest {
  /** SIP or tel: URI, user@host, or a number where a domain is configured. */
  destination: string;
  /** Who calls, as the other side sees it: a SIP URI or a user name. */
  from?: string;
  /** Name of an `[agent NAME]` section; the one that fits the destination's user where undefined. */
  agent?: string;
  language?: string;
  voice?: string;
  prompt?: string;
  greeting?: string;
  /** What `{{name}}` in prompt and greeting stands for. */
  variables?: Readonly<Record<string, string>>;
}

/** What is running, and how a call is placed. */
export interface CallDirectory {
  list(): CallInfo[];
  get(callId: string): CallControl | undefined;
  /**
   * Places an outbound call; resolves when it is answered. Throws why there is none: CALL_BUSY, CALL_NO_ANSWER,
   * CALL_CANCELLED, SIP_REFUSED, SIP_TIMEOUT by the other side; CALL_LIMIT, PORTS_EXHAUSTED, OPTION_INVALID,
   * NOT_SUPPORTED, MI_ERROR, MI_TIMEOUT before it was asked.
   */
  place(request: PlaceRequest, origin: string, options?: PlaceOptions): Promise<CallControl>;
}
