/**
 * One call: a leg, its media and its place in the pipeline, and the verbs by which it is steered. What happens to it
 * becomes events; on every way out port, rings and workers' resources are given back before `call-ended`.
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
import { type CallInput, type CallState, nextCallState } from './call-machine.js';
import type { CallControl, CallInfo, ConfigChange, SpeakOptions, TransferResult } from './control.js';
import { isSilent, mediaQuality, watchPeriodMs } from './media-watch.js';
import type { CallPlan } from './plan.js';
import type { CallPlant } from './plant.js';
import { changesOf, checkPatch } from './settings.js';
import { transferDestinations } from './tools.js';

const historyLimit = 200;
const legEnds: Readonly<Record<LegEnd, EndReason>> = {
  hangup: 'caller-hangup',
  cancelled: 'cancelled',
  failed: 'failed',
  'no-ack': 'failed',
  transferred: 'transferred',
};

const expectsAudio = (stream: StreamOptions | undefined): boolean =>
  stream?.direction === 'sendrecv' || stream?.direction === 'recvonly';

export class Call implements CallControl {
  readonly callId: string;
  readonly #startedAt = epochSeconds();
  readonly #startedNs = monotonicNs();
  #settings: CallSettings;
  #history: ConfigChange[] = [];
  #state: CallState = 'starting';
  #stream: StreamOptions | undefined;
  /** Since when the caller is to send: the answer, or the end of a hold. */
  #expectedSinceNs = monotonicNs();
  #watch: NodeJS.Timeout | undefined;
  #ended: Promise<void> | undefined;

  constructor(
    readonly plant: CallPlant,
    readonly leg: Leg,
    readonly plan: CallPlan,
    readonly media: CallMedia,
    readonly onReleased: (call: Call) => void,
  ) {
    this.callId = leg.key;
    this.#settings = plan.settings;
  }

  get state(): CallState {
    return this.#state;
  }

  /** Media may flow: the answer with this stream is about to leave, or has come. */
  open(stream: StreamOptions): void {
    this.#stream = stream;
    this.media.start(stream);
    this.plant.pipeline.attach({
      callId: this.callId,
      rings: this.media.rings,
      lineRateHz: stream.lineRateHz,
      prompt: this.plan.prompt,
      expectDigits: this.plan.expectDigits,
      agent: this.plan.agent,
      settings: this.#settings,
      setWake: (wake) => this.media.setWake(wake),
    });
  }

  /** The peer acknowledged: the conversation begins. */
  begin(): void {
    if (!this.#step('answered')) return;
    const { from, to, direction } = this.leg;
    const codec = this.#stream?.codec ?? '';
    this.#emit({ type: 'call-started', from, to, direction, codec, features: this.plant.features });
    this.#watch = setInterval(() => this.#lookAtMedia(), watchPeriodMs);
    const { greeting, greetingInterruptible } = this.plan;
    if (greeting !== '') this.#say(greeting, false, greetingInterruptible);
  }

  /** A new offer was answered with this stream; its codec may be another one. */
  change(stream: StreamOptions): void {
    if (!expectsAudio(this.#stream) && expectsAudio(stream)) this.#expectedSinceNs = monotonicNs();
    this.#stream = stream;
    this.media.start(stream);
    this.plant.pipeline.send('speech', { type: 'hold', callId: this.callId, held: !expectsAudio(stream) });
  }

  #lookAtMedia(): void {
    const stats = this.media.stats();
    this.#emit({ type: 'media-quality', quality: mediaQuality(stats) });
    const { timeout_s: timeoutS } = this.plant.config.rtp;
    if (expectsAudio(this.#stream) && isSilent(stats, this.#expectedSinceNs, monotonicNs(), timeoutS)) {
      void this.#end('media-timeout', 'no RTP came', true);
    }
  }

  info(): CallInfo {
    return {
      callId: this.callId,
      from: this.leg.from,
      to: this.leg.to,
      agent: this.plan.agent,
      direction: this.leg.direction,
      state: this.#state === 'ended' ? 'ending' : this.#state,
      startedAt: this.#startedAt,
      duration: elapsedMs(this.#startedNs, monotonicNs()) / 1000,
      codec: this.#stream?.codec ?? '',
      language: this.#settings.language,
      settings: { ...this.#settings },
    };
  }

  async hangup(reason: EndReason, origin: string): Promise<boolean> {
    const running = this.#state === 'running' || this.#state === 'starting';
    if (!running) await this.#ended;
    if (!running) return false;
    await this.#end(reason, `asked for by ${origin}`, true);
    return true;
  }

  /** `onSettled` is told before the call ends. */
  async transfer(
    destination: string,
    origin: string,
    onSettled?: (result: TransferResult) => void,
  ): Promise<TransferResult> {
    this.#running();
    const { success, status, reason } = await this.leg.transfer(destination);
    const result = { success, destination, transferredAt: epochSeconds(), status, reason };
    onSettled?.(result);
    if (success) await this.#end('transferred', `to ${destination}, asked for by ${origin}`, true);
    return result;
  }

  setMuted(muted: boolean, origin: string): boolean {
    this.update({ muted }, origin);
    return this.#settings.muted;
  }

  setVolume(volume: number, origin: string): number {
    this.update({ volume }, origin);
    return this.#settings.volume;
  }

  update(patch: Partial<CallSettings>, origin: string): SettingChange[] {
    this.#running();
    const language = patch.language ?? this.#settings.language;
    checkPatch(patch, this.plant.languages, this.plant.voicesOf(language));
    const changes = changesOf(this.#settings, patch);
    if (changes.length === 0) return changes;
    this.#settings = { ...this.#settings, ...patch };
    if (patch.volume !== undefined) this.media.setVolume(patch.volume);
    if (patch.muted !== undefined) this.media.setMuted(patch.muted);
    this.plant.pipeline.update(this.callId, patch);
    this.#remember({ at: epochSeconds(), origin, changes });
    return changes;
  }

  #remember(change: ConfigChange): void {
    this.#history.push(change);
    if (this.#history.length > historyLimit) this.#history.shift();
    this.#emit({ type: 'settings-changed', origin: change.origin, changes: change.changes });
  }

  configHistory(): readonly ConfigChange[] {
    return this.#history;
  }

  interrupt(_origin: string): boolean {
    this.#running();
    this.plant.pipeline.send('speech', { type: 'interrupt', callId: this.callId });
    return true;
  }

  say(text: string, { interrupt }: SpeakOptions): void {
    this.#running();
    this.#say(text, interrupt, true);
  }

  #say(text: string, interrupt: boolean, interruptible: boolean): void {
    const { callId } = this;
    this.plant.pipeline.send('speech', { type: 'say', callId, text, interrupt, remember: true, interruptible });
  }

  expectDigits(digits: number, _origin: string): void {
    this.#running();
    this.plant.pipeline.send('speech', { type: 'expect', callId: this.callId, digits });
  }

  sendText(text: string, { interrupt, audio }: SpeakOptions & { audio: boolean }): void {
    this.#running();
    this.plant.pipeline.send('speech', { type: 'run', callId: this.callId, text, interrupt, audio });
  }

  appendContext(role: 'user' | 'assistant' | 'system', text: string, runNow: boolean, _origin: string): void {
    this.#running();
    const { callId } = this;
    // One message, so that the interrupted answer stands before the question in the history.
    const question = runNow && role === 'user';
    if (!question) this.plant.pipeline.send('language', { type: 'append', callId, message: { role, content: text } });
    const run = { type: 'run', callId, text: question ? text : '', interrupt: true, audio: true } as const;
    if (runNow) this.plant.pipeline.send('speech', run);
  }

  sendDigits(digits: string): void {
    this.#running();
    if ((this.#stream?.telephoneEventType ?? -1) < 0) {
      throw fault('NOT_SUPPORTED', 'sending digits', 'the peer offered no telephone-event');
    }
    if (!/^[0-9*#A-D]{1,64}$/.test(digits)) {
      throw fault('OPTION_INVALID', 'opensips_call', 'digits', '1 to 64 of 0-9 * # A-D', JSON.stringify(digits));
    }
    this.media.sendDigits(digits);
  }

  watchLevels(on: boolean): void {
    this.#running();
    this.plant.pipeline.send('speech', { type: 'levels', callId: this.callId, on });
  }

  answerFunctionCall(toolCallId: string, result: unknown, _origin: string): void {
    this.#running();
    this.plant.pipeline.answerFunctionCall(this.callId, toolCallId, result);
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
    this.#emit({ type: 'digit', digit, durationMs });
    if (this.#state === 'running') this.plant.pipeline.send('speech', { type: 'key', callId: this.callId, digit });
  }

  /** The leg is over, by the peer or by a fault. */
  legEnded(end: LegEnd, detail: string): void {
    void this.#end(legEnds[end], detail, false);
  }

  /** It could not be answered, or something broke: ends it, with the leg where that still stands. */
  fail(reason: EndReason, detail: string): Promise<void> {
    return this.#end(reason, detail, this.#state === 'running');
  }

  #end(reason: EndReason, detail: string, hangUp: boolean): Promise<void> {
    this.#ended ??= this.#release(reason, detail, hangUp);
    return this.#ended;
  }

  async #release(reason: EndReason, detail: string, hangUp: boolean): Promise<void> {
    const answered = this.#state === 'running';
    this.#step('end');
    clearInterval(this.#watch);
    const quality = answered ? mediaQuality(this.media.stats()) : undefined;
    const steps = [hangUp ? this.leg.hangup() : undefined, this.plant.pipeline.detach(this.callId), this.media.close()];
    for (const step of await Promise.allSettled(steps)) {
      if (step.status === 'rejected')
        this.plant.log.error({ callId: this.callId, reason: reasonOf(step.reason) }, 'release failed');
    }
    if (quality) this.#emit({ type: 'media-quality', quality });
    if (answered) this.#emit({ type: 'call-ended', reason, detail });
    this.#step('released');
    this.onReleased(this);
  }

  #running(): void {
    if (this.#state !== 'running') throw fault('CALL_ENDED', this.callId);
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
