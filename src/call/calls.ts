/**
 * All running calls: takes legs from signalling, gives each its media, its agent and its place in the pipeline, and
 * refuses what cannot be served with the status that says why.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicNs } from '../clock.js';
import { fault, reasonOf } from '../errors.js';
import { CallMedia } from '../media/session.js';
import type { ToolCall } from '../pipeline/tools/tool.js';
import { within } from '../pipeline/workers/deadline.js';
import type { Leg, PlaceOptions, Signalling } from '../signalling/leg.js';
import { Call } from './call.js';
import type { CallControl, CallDirectory, CallInfo, PlaceRequest } from './control.js';
import { legHandlers } from './leg-handlers.js';
import { mediaOptions, Negotiation } from './negotiate.js';
import { type CallPlan, planCall, planOutbound, userOf } from './plan.js';
import type { CallPlant } from './plant.js';
import { codeOf, refusalFor } from './refusal.js';
import { Ringing, type Unanswered } from './ringing.js';

export class Calls implements CallDirectory {
  readonly #calls = new Map<string, Call>();
  readonly #ringing: Ringing;
  /** Called when the last call has ended. */
  #onIdle: () => void = () => undefined;
  #closing = false;

  constructor(
    readonly plant: CallPlant,
    /** For outbound calls; none where no signalling can place them. */
    readonly outbound: Signalling | undefined,
  ) {
    this.#ringing = new Ringing(plant.config.call.ring_s * 1000, (end) => this.#unanswered(end));
  }

  list(): CallInfo[] {
    return [...this.#calls.values()].map((call) => call.info());
  }

  get(callId: string): CallControl | undefined {
    return this.#calls.get(callId);
  }

  get size(): number {
    return this.#calls.size + this.#ringing.size;
  }

  /** True once no more calls are taken. */
  get closing(): boolean {
    return this.#closing;
  }

  /** True when one more call would be refused. */
  get full(): boolean {
    return this.#closing || this.size >= this.#limit;
  }

  get #limit(): number {
    const { call, llm } = this.plant.config;
    return Math.min(call.max, llm.sequences);
  }

  /** A new inbound leg: must be called in the tick in which it came. */
  take(leg: Leg): void {
    try {
      this.#admit();
      const media = CallMedia.open(mediaOptions(this.plant.config, 0));
      const negotiation = new Negotiation(this.plant.config, media.rtpPort, leg.signallingIp);
      void this.#answer(this.#adopt(leg, media, negotiation, this.#planFor(leg)), negotiation);
    } catch (thrown) {
      this.#turnAway(leg, thrown);
    }
  }

  #admit(): void {
    if (this.#closing) throw fault('SHUTTING_DOWN');
    if (this.full) throw fault('CALL_LIMIT', this.#limit);
    const p90Ms = this.plant.tooSlowMs();
    if (p90Ms !== undefined) throw fault('ANSWERS_LATE', p90Ms, this.plant.config.turn.admission_p90_ms);
  }

  /** Refused before it became a call. */
  #turnAway(leg: Leg, thrown: unknown): void {
    const refusal = refusalFor(thrown, this.plant.config);
    const detail = `${codeOf(thrown)}: ${reasonOf(thrown)}`;
    this.plant.log.warn({ callId: leg.key, status: refusal.status, reason: detail }, 'call refused');
    leg.handle({ onEnded: () => undefined, onReoffer: unestablished, onDigit: () => undefined });
    void leg.refuse(refusal.status, refusal.reason, refusal.retryAfterS).catch(() => undefined);
    const { key: callId, from, to, direction } = leg;
    this.#unanswered({ callId, from, to, direction, reason: 'refused', status: refusal.status, detail });
  }

  #unanswered(end: Unanswered): void {
    this.plant.publish({ type: 'call-unanswered', atNs: monotonicNs(), ...end });
  }

  /** Makes the leg a call that is listed, told what happens, and forgotten when it is released. */
  #adopt(leg: Leg, media: CallMedia, negotiation: Negotiation, plan: CallPlan): Call {
    const call = new Call(this.plant, leg, plan, media, (released) => this.#forget(released));
    this.#calls.set(call.callId, call);
    leg.handle(legHandlers(call, negotiation, this));
    return call;
  }

  #forget({ callId }: Call): void {
    this.#calls.delete(callId);
    if (this.size === 0) this.#onIdle();
  }

  /** 180 or 183 while the workers get ready, 200 when they are; whatever goes wrong on the way ends the call. */
  async #answer(call: Call, negotiation: Negotiation): Promise<void> {
    const { leg } = call;
    try {
      if (leg.remoteSdp === '') {
        leg.ringing();
        await this.#open(call, negotiation.accept(await leg.answer(negotiation.offer())));
      } else {
        const { sdp, stream } = negotiation.answer(leg.remoteSdp);
        leg.ringing(this.plant.config.call.provisional === '183' ? sdp : undefined);
        await this.#open(call, stream);
        await leg.answer(sdp);
      }
      call.begin();
    } catch (thrown) {
      if (codeOf(thrown) !== 'CALL_ENDED')
        this.plant.log.warn({ callId: leg.key, code: codeOf(thrown), reason: reasonOf(thrown) }, 'call refused');
      await call.fail(thrown);
    }
  }

  #open(call: Call, stream: Parameters<Call['open']>[0]): Promise<void> {
    const { ready_timeout_ms: timeoutMs } = this.plant.config.call;
    return within(call.open(stream), timeoutMs, () => fault('ENGINE_TIMEOUT', 'taking the call', timeoutMs));
  }

  /** What an inbound call asks for and cannot have is a warning: the caller is answered all the same. */
  #planFor(leg: Leg): CallPlan {
    const { calledUser, from, parameters } = leg;
    const plan = planCall(this.plant, { callerUser: userOf(from), calledUser, parameters });
    for (const { code, message } of plan.unmet)
      this.plant.log.warn({ callId: leg.key, code, reason: message }, 'a wish of the call was not met');
    return plan;
  }

  async place(request: PlaceRequest, origin: string, options?: PlaceOptions): Promise<CallControl> {
    const { outbound } = this;
    if (!outbound) throw fault('NOT_SUPPORTED', 'an outbound call', 'no signalling that can place one is enabled');
    const plan = planOutbound(this.plant, request);
    this.#admit();
    const media = CallMedia.open(mediaOptions(this.plant.config, 0));
    const negotiation = new Negotiation(this.plant.config, media.rtpPort);
    const placed = this.#ringing.place(outbound, request, negotiation.offer(), options);
    const leg = await placed.catch(async (thrown: unknown) => {
      await media.close();
      if (this.size === 0) this.#onIdle();
      throw thrown;
    });
    this.plant.log.info({ callId: leg.key, origin }, 'outbound call answered');
    return this.#connect(this.#adopt(leg, media, negotiation, plan), negotiation);
  }

  async #connect(call: Call, negotiation: Negotiation): Promise<Call> {
    try {
      await this.#open(call, negotiation.accept(call.leg.remoteSdp));
      call.begin();
      return call;
    } catch (thrown) {
      await call.fail(thrown);
      throw thrown;
    }
  }

  /** The model of this call does something to it. */
  act(callId: string, act: ToolCall): void {
    this.#calls.get(callId)?.act(act);
  }

  /** No worker can serve this call any more. */
  lost(callId: string, cause: string): void {
    void this.#calls.get(callId)?.fail(fault('WORKER_DIED', 'pipeline', cause));
  }

  /**
   * No new calls from now on. Resolves when the running ones have ended: by themselves within `limitS` seconds or
   * until `now` aborts, then with a goodbye.
   */
  async drain(limitS: number, now: AbortSignal): Promise<void> {
    this.#closing = true;
    this.#ringing.close();
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    if (this.size === 0) return;
    const waited = new AbortController();
    await Promise.race([
      idle,
      delay(limitS * 1000, undefined, { signal: AbortSignal.any([now, waited.signal]) }),
    ]).catch(() => undefined);
    waited.abort();
    if (now.aborted) return this.close();
    await Promise.all([...this.#calls.values()].map((call) => call.leave('shutdown', 'the server shuts down')));
  }

  /** Every call is ended at once; new ones are refused meanwhile and after. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#ringing.close();
    await Promise.all([...this.#calls.values()].map((call) => call.hangup('shutdown', 'the operator')));
  }
}

const unestablished = async (): Promise<string> => {
  throw fault('SDP_UNACCEPTABLE', 'the call is not established');
};
