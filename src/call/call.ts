/**
 * One call: a leg, its media and its place in the pipeline, and the verbs by which it is steered. What happens to it
 * becomes events; on every way out leg, port, rings and workers' resources are given back before its end is told.
 */
import { elapsedMs, epochSeconds, monotonicNs } from '../clock.js';
import { fault, reasonOf } from '../errors.js';
import type { StreamOptions } from '../media/addon.js';
import type { CallMedia } from '../media/session.js';
import type { EndReason, EventBody, SettingChange } from '../pipeline/events.js';
import type { CallSettings } from '../pipeline/services.js';
import type { ToolCall } from '../pipeline/tools/tool.js';
import type { Leg, LegEnd } from '../signalling/leg.js';
import { carryOut } from './acts.js';
import { type CallEnd, type CallInput, type CallState, legEnds, nextCallState } from './call-machine.js';
import { SettingsInForce } from './call-settings.js';
import type { CallControl, CallInfo, ConfigChange, ContextMessage, SpeakOptions, TransferResult } from './control.js';
import { Conversation } from './conversation.js';
import { sayGoodbye } from './farewell.js';
import { checkKeys } from './keypad.js';
import { isTwoWay, MediaWatch, withoutMusic } from './media-watch.js';
import type { CallPlan } from './plan.js';
import type { CallPlant } from './plant.js';
import { startRecording } from './recording.js';
import { codeOf, refusalFor } from './refusal.js';
import { type CallParts, release } from './release.js';
import { type Supervision, supervisionOf } from './supervision.js';
import { transferDestinations } from './tools.js';
import { Transfers, tellStayed } from './transfers.js';
import { goodbye } from './words.js';

export class Call implements CallControl {
  readonly callId: string;
  readonly #startedAt = epochSeconds();
  readonly #startedNs = monotonicNs();
  readonly #settings: SettingsInForce;
  readonly #conversation: Conversation;
  readonly #watch: MediaWatch;
  readonly #transfers: Transfers;
  readonly #supervision: Supervision;
  #state: CallState = 'starting';
  #stream: StreamOptions | undefined;
  #ended: Promise<void> | undefined;

  constructor(
    readonly plant: CallPlant,
    readonly leg: Leg,
    readonly plan: CallPlan,
    readonly media: CallMedia,
    readonly onReleased: (call: Call) => void,
  ) {
    this.callId = leg.key;
    this.#settings = new SettingsInForce(plan.settings, plant);
    this.#conversation = new Conversation(plant.pipeline, leg.key);
    this.#transfers = new Transfers(leg, plant.config, (body) => this.#emit(body));
    this.#supervision = supervisionOf(plant, leg.key, media);
    this.#watch = new MediaWatch(media, plant.config, {
      measured: (quality) => this.#emit({ type: 'media-quality', quality }),
      reached: (limit, detail) =>
        void (limit === 'too-long' ? this.leave(limit, detail) : this.#end({ reason: limit, detail })),
    });
  }

  get state(): CallState {
    return this.#state;
  }

  /** Media may flow. Resolves when all workers have the call; throws what keeps them, or CALL_ENDED. */
  async open(stream: StreamOptions): Promise<void> {
    if (this.#state !== 'starting') throw fault('CALL_ENDED', this.callId);
    this.#stream = stream;
    this.media.start(withoutMusic(stream));
    await this.plant.pipeline.attach({
      callId: this.callId,
      rings: this.media.rings,
      lineRateHz: stream.lineRateHz,
      prompt: this.plan.prompt,
      expectDigits: this.plan.expectDigits,
      held: !isTwoWay(stream),
      agent: this.plan.agent,
      settings: this.#settings.now,
      setWake: (wake) => this.media.setWake(wake),
    });
    if (this.state !== 'starting') throw fault('CALL_ENDED', this.callId);
  }

  /** The peer acknowledged: the conversation begins. */
  begin(): void {
    if (!this.#step('answered')) return;
    const { from, to, direction } = this.leg;
    const codec = this.#stream?.codec ?? '';
    this.#emit({ type: 'call-started', from, to, direction, codec, features: this.plant.features });
    startRecording(this.plant.config, this.callId, this.media);
    this.#watch.begin(this.#stream);
    const { greeting, greetingInterruptible } = this.plan;
    if (greeting !== '') this.#conversation.say(greeting, false, greetingInterruptible);
  }

  /** A new offer was answered with this stream; its codec may be another one. */
  change(stream: StreamOptions): void {
    if (this.#ended) return;
    this.#watch.change(stream);
    this.#stream = stream;
    this.media.start(withoutMusic(stream));
    this.#conversation.hold(!isTwoWay(stream));
  }

  info(): CallInfo {
    const over = this.#state !== 'starting' && this.#state !== 'running';
    return {
      callId: this.callId,
      from: this.leg.from,
      to: this.leg.to,
      agent: this.plan.agent,
      direction: this.leg.direction,
      state: over ? 'ending' : (this.#state as 'starting' | 'running'),
      startedAt: this.#startedAt,
      duration: elapsedMs(this.#startedNs, monotonicNs()) / 1000,
      codec: this.#stream?.codec ?? '',
      language: this.#settings.now.language,
      settings: { ...this.#settings.now },
      choices: { language: this.plant.languages, voice: this.plant.voicesOf(this.#settings.now.language) },
    };
  }

  async hangup(reason: EndReason, origin: string): Promise<boolean> {
    if (this.#ended) return this.#ended.then(() => false);
    await this.#end({ reason, detail: `asked for by ${origin}` });
    return true;
  }

  /** Says goodbye to a running call before it is hung up. */
  async leave(reason: EndReason, detail: string): Promise<void> {
    if (this.#step('leave') && isTwoWay(this.#stream)) {
      const text = goodbye(this.plant.config, this.#settings.now.language);
      await sayGoodbye(text, this.#conversation, this.plant).catch(() => undefined);
    }
    await this.#end({ reason, detail });
  }

  /** `onSettled` is told before the call ends: by whom it is given, he need not be told that the caller stayed. */
  async transfer(
    destination: string,
    origin: string,
    onSettled?: (result: TransferResult) => void,
  ): Promise<TransferResult> {
    this.#running();
    const outcome = await this.#transfers.to(destination, origin);
    const { success, status, reason, target } = outcome;
    const result = { success, status, reason, destination, transferredAt: epochSeconds() };
    onSettled?.(result);
    if (success) await this.#end({ reason: 'transferred', detail: `to ${target}, asked for by ${origin}` });
    else if (!onSettled && this.state === 'running')
      tellStayed(outcome, this.#conversation, this.plant.config, this.#settings.now.language);
    return result;
  }

  setMuted(muted: boolean, origin: string): boolean {
    this.update({ muted }, origin);
    return this.#settings.now.muted;
  }

  update(asked: Partial<CallSettings>, origin: string): SettingChange[] {
    this.#running();
    const patch = this.#settings.completed(asked);
    const changes = this.#settings.update(patch, origin);
    if (changes.length === 0) return changes;
    if (patch.volume !== undefined) this.media.setVolume(patch.volume);
    if (patch.muted !== undefined) this.media.setMuted(patch.muted);
    this.#conversation.update(patch);
    this.#emit({ type: 'settings-changed', origin, changes });
    return changes;
  }

  configHistory(): readonly ConfigChange[] {
    return this.#settings.history;
  }

  interrupt(_origin: string): Promise<boolean> {
    return this.#running().interrupt();
  }

  say(text: string, { interrupt }: SpeakOptions): void {
    this.#running().say(text, interrupt, true);
  }

  expectDigits(digits: number, _origin: string): void {
    this.#running().expectDigits(digits);
  }

  sendText(text: string, { interrupt, audio }: SpeakOptions & { audio: boolean }): void {
    this.#running().run(text, interrupt, audio);
  }

  appendContext(role: ContextMessage['role'], text: string, runNow: boolean, _origin: string): void {
    if (runNow) this.#running().appendAndRun(role, text);
    else this.#running().append(role, text);
  }

  replaceContext(messages: readonly ContextMessage[]): void {
    this.#running().replaceContext(messages);
  }

  pressKeys(keys: string): void {
    for (const key of keys) this.#running().press(key, 0, 'client');
  }

  sendDigits(digits: string): void {
    this.#running();
    checkKeys(digits, this.#stream);
    this.media.sendDigits(digits);
  }

  supervise(samples: Int16Array, rateHz: number, origin: string): void {
    this.#running();
    this.#supervision.speak(samples, rateHz, origin, monotonicNs());
  }

  endSupervision(origin: string): void {
    this.#supervision.leave(origin);
  }

  watchLevels(on: boolean): void {
    if (this.#state === 'running') this.#conversation.watchLevels(on);
  }

  answerFunctionCall(toolCallId: string, result: unknown, _origin: string): void {
    this.#running().answerFunctionCall(toolCallId, result);
  }

  /** Something that the model does to its call. */
  act(act: ToolCall): void {
    const agent = this.plant.config.agent[this.plan.agent];
    const destinations = agent ? transferDestinations(this.plan.agent, agent) : {};
    const tell = (result: unknown) => this.plant.pipeline.functionResult(this.callId, act.id, result);
    void carryOut(act, this, destinations, tell);
  }

  /** A digit that came by signalling. */
  digit(digit: string, durationMs: number): void {
    if (this.#state === 'running') this.#conversation.press(digit, durationMs, 'signalling');
  }

  /** The leg is over, by the peer or by a fault. */
  legEnded(end: LegEnd, detail: string): void {
    void this.#end({ reason: legEnds[end], detail, legOver: true });
  }

  /** It cannot be served, or no more: refused where it was not answered, else hung up. */
  fail(thrown: unknown): Promise<void> {
    const refusal = refusalFor(thrown, this.plant.config);
    const reason = this.#state === 'starting' ? 'refused' : 'failed';
    return this.#end({ reason, detail: `${codeOf(thrown)}: ${reasonOf(thrown)}`, refusal });
  }

  #end(end: CallEnd): Promise<void> {
    this.#ended ??= this.#release(end);
    return this.#ended;
  }

  async #release(end: CallEnd): Promise<void> {
    const answered = this.#state !== 'starting';
    this.#step('end');
    await release(this.#parts(), end, answered);
    this.#step('released');
    this.onReleased(this);
  }

  #parts(): CallParts {
    const { leg, media, plant } = this;
    const emit = (body: EventBody) => this.#emit(body);
    return { leg, media, conversation: this.#conversation, watch: this.#watch, log: plant.log, emit };
  }

  /** The conversation, for a verb that only a running call knows; throws CALL_ENDED. */
  #running(): Conversation {
    if (this.#state !== 'running') throw fault('CALL_ENDED', this.callId);
    return this.#conversation;
  }

  #step(input: CallInput): boolean {
    const next = nextCallState(this.#state, input);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  #emit(body: EventBody): void {
    this.plant.publish({ ...body, callId: this.callId, atNs: monotonicNs() });
  }
}
