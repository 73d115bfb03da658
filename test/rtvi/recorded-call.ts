/**
 * Calls without signalling, media or engines: they hold real state, act on it as a call does, publish the events that
 * follow, and keep what they were asked for.
 */
import type {
  CallControl,
  CallDirectory,
  CallInfo,
  ConfigChange,
  ContextMessage,
  PlaceRequest,
  SpeakOptions,
  TransferResult,
} from '../../src/call/control.js';
import { monotonicNs } from '../../src/clock.js';
import { fault } from '../../src/errors.js';
import type { CallEvent, EndReason, EventBody, SettingChange } from '../../src/pipeline/events.js';
import type { CallSettings, SettingName } from '../../src/pipeline/services.js';

export const settings: CallSettings = {
  language: 'en',
  confidenceThreshold: 0.25,
  temperature: 0.7,
  maxTokens: 120,
  voice: 'en_US-joe-medium',
  speed: 1,
  volume: 1,
  muted: false,
};

export class RecordedCall implements CallControl {
  readonly asked: string[] = [];
  readonly levels: boolean[] = [];
  readonly left: string[] = [];
  readonly heard: { samples: number[]; rateHz: number; origin: string }[] = [];
  /** How a transfer ends; tests replace it. */
  onTransfer: (destination: string) => Promise<TransferResult> = (destination) =>
    Promise.resolve({ success: true, destination, transferredAt: 1_772_615_702.118, status: 202, reason: 'Accepted' });
  #settings = settings;
  #speaking = false;
  #running = true;
  readonly #history: ConfigChange[] = [];
  readonly #publish: (event: CallEvent) => void;

  constructor(
    readonly callId: string,
    publish: (event: CallEvent) => void,
  ) {
    this.#publish = publish;
  }

  /** Something happens in the call. */
  happen(body: EventBody): void {
    if (body.type === 'bot-started-speaking') this.#speaking = true;
    if (body.type === 'bot-stopped-speaking' || body.type === 'bot-interrupted') this.#speaking = false;
    if (body.type === 'call-ended') this.#running = false;
    this.#publish({ ...body, callId: this.callId, atNs: monotonicNs() });
  }

  start(): void {
    this.happen({
      type: 'call-started',
      from: 'sip:caller@example.test',
      to: 'sip:bot@example.test',
      direction: 'inbound',
      codec: 'PCMU',
      features: ['barge-in'],
    });
  }

  info(): CallInfo {
    return {
      callId: this.callId,
      from: 'sip:caller@example.test',
      to: 'sip:bot@example.test',
      agent: 'default',
      direction: 'inbound',
      state: this.#running ? 'running' : 'ending',
      startedAt: 1_772_615_700,
      duration: 2,
      codec: 'PCMU',
      language: this.#settings.language,
      settings: this.#settings,
      choices: { language: ['en', 'tr'], voice: ['en_US-joe-medium'] },
    };
  }

  hangup(reason: EndReason): Promise<boolean> {
    const was = this.#running;
    this.asked.push(`hangup ${reason}`);
    if (was) this.happen({ type: 'call-ended', reason, detail: '' });
    return Promise.resolve(was);
  }

  transfer(destination: string): Promise<TransferResult> {
    this.asked.push(`transfer ${destination}`);
    return this.onTransfer(destination);
  }

  setMuted(muted: boolean, origin: string): boolean {
    this.update({ muted }, origin);
    return this.#settings.muted;
  }

  /** Knows one voice, so that a patch which fits its schema can still be refused by the call. */
  update(patch: Partial<CallSettings>, origin: string): SettingChange[] {
    if (patch.voice !== undefined && !patch.voice.startsWith('en_US')) throw fault('MODEL_MISSING', patch.voice);
    const names = (Object.keys(patch) as SettingName[]).filter((name) => patch[name] !== this.#settings[name]);
    const changes = names.flatMap((name): SettingChange[] => {
      const to = patch[name];
      return to === undefined ? [] : [{ setting: name, from: this.#settings[name], to }];
    });
    this.#settings = { ...this.#settings, ...patch };
    if (changes.length === 0) return changes;
    this.#history.push({ at: 1_772_615_701, origin, changes });
    this.happen({ type: 'settings-changed', origin, changes });
    return changes;
  }

  configHistory(): readonly ConfigChange[] {
    return this.#history;
  }

  interrupt(): Promise<boolean> {
    const was = this.#speaking;
    this.asked.push('interrupt');
    if (was) this.happen({ type: 'bot-interrupted', turn: 1, cause: 'client', heard: '' });
    return Promise.resolve(was);
  }

  say(text: string, { interrupt }: SpeakOptions): void {
    this.asked.push(`say ${interrupt} ${text}`);
  }

  /** Cuts the bot off later, as a worker does. */
  sendText(text: string, { interrupt, audio }: SpeakOptions & { audio: boolean }): void {
    this.asked.push(`text ${audio} ${text}`);
    if (interrupt && this.#speaking) setImmediate(() => this.interrupt());
  }

  appendContext(role: 'user' | 'assistant' | 'system', text: string, runNow: boolean): void {
    this.asked.push(`append ${role} ${runNow} ${text}`);
  }

  watchLevels(on: boolean): void {
    this.levels.push(on);
  }

  answerFunctionCall(toolCallId: string, result: unknown): void {
    if (toolCallId !== 'waiting') throw fault('TOOL_CALL_UNKNOWN', toolCallId);
    this.asked.push(`result ${toolCallId} ${JSON.stringify(result)}`);
  }

  supervise(samples: Int16Array, rateHz: number, origin: string): void {
    this.heard.push({ samples: [...samples], rateHz, origin });
  }

  endSupervision(origin: string): void {
    this.left.push(origin);
  }

  pressKeys(keys: string): void {
    this.asked.push(`keys ${keys}`);
  }

  replaceContext(messages: readonly ContextMessage[]): void {
    this.asked.push(`context ${JSON.stringify(messages)}`);
  }

  sendDigits(digits: string): void {
    this.asked.push(`digits ${digits}`);
  }

  expectDigits(digits: number): void {
    this.asked.push(`expect ${digits} digits`);
  }
}

export class RecordedCalls implements CallDirectory {
  readonly #calls = new Map<string, RecordedCall>();

  constructor(readonly publish: (event: CallEvent) => void) {}

  /** A call that runs and has told so. */
  start(callId: string): RecordedCall {
    const call = this.add(callId);
    call.start();
    return call;
  }

  /** A call that runs, but has not begun to tell. */
  add(callId: string): RecordedCall {
    const call = new RecordedCall(callId, (event) => {
      this.publish(event);
      if (event.type === 'call-ended') this.#calls.delete(callId);
    });
    this.#calls.set(callId, call);
    return call;
  }

  list(): CallInfo[] {
    return [...this.#calls.values()].map((call) => call.info());
  }

  get(callId: string): CallControl | undefined {
    return this.#calls.get(callId);
  }

  place({ destination: uri }: PlaceRequest): Promise<CallControl> {
    if (uri.includes('busy')) return Promise.reject(fault('SIP_REFUSED', 'INVITE', 486, 'Busy Here'));
    return Promise.resolve(this.start(uri));
  }
}
