/**
 * All running calls: takes legs from signalling, gives each its media, its agent and its place in the pipeline, and
 * refuses what cannot be served with the status that says why.
 */

import { type ErrorCode, fault, OavcError, reasonOf } from '../errors.js';
import { CallMedia } from '../media/session.js';
import type { ToolCall } from '../pipeline/tools/tool.js';
import type { CallProgress, Leg, PlaceOptions, Signalling } from '../signalling/leg.js';
import { parseUri } from '../signalling/sip/uri.js';
import { Call } from './call.js';
import type { CallControl, CallDirectory, CallInfo, PlaceRequest } from './control.js';
import { mediaOptions, Negotiation } from './negotiate.js';
import { type CallPlan, planCall } from './plan.js';
import type { CallPlant } from './plant.js';

/** SIP status for what may go wrong before a call is answered. */
const refusals: Partial<Record<ErrorCode, [number, string]>> = {
  SDP_UNACCEPTABLE: [488, 'Not Acceptable Here'],
  PORTS_EXHAUSTED: [503, 'Service Unavailable'],
  CALL_LIMIT: [486, 'Busy Here'],
  ANSWERS_LATE: [503, 'Service Unavailable'],
  WORKER_DIED: [503, 'Service Unavailable'],
};

type Report = (status: number, reason: string) => void;

/** How a call went that a peer asked for. */
const referrals: Partial<Record<ErrorCode, [number, string]>> = {
  CALL_BUSY: [486, 'Busy Here'],
  CALL_NO_ANSWER: [480, 'Temporarily Unavailable'],
  SIP_REFUSED: [603, 'Decline'],
};

export class Calls implements CallDirectory {
  readonly #calls = new Map<string, Call>();
  #closing = false;

  constructor(
    readonly plant: CallPlant,
    /** For outbound calls; none where no signalling can place them. */
    readonly outbound: Signalling | undefined,
  ) {}

  list(): CallInfo[] {
    return [...this.#calls.values()].map((call) => call.info());
  }

  get(callId: string): CallControl | undefined {
    return this.#calls.get(callId);
  }

  get size(): number {
    return this.#calls.size;
  }

  /** A new inbound leg: must be called in the tick in which it came. */
  take(leg: Leg): void {
    try {
      this.#admit();
      const media = CallMedia.open(mediaOptions(this.plant.config, 0));
      const negotiation = new Negotiation(this.plant.config, media.rtpPort);
      void this.#answer(this.#adopt(leg, media, negotiation, this.#planFor(leg)), negotiation);
    } catch (thrown) {
      leg.handle({ onEnded: () => undefined, onReoffer: unestablished, onDigit: () => undefined });
      void this.#refuse(leg, undefined, thrown);
    }
  }

  #admit(): void {
    const { sip, llm, turn } = this.plant.config;
    const limit = Math.min(sip.max_calls, llm.sequences);
    if (this.#closing || this.#calls.size >= limit) throw fault('CALL_LIMIT', limit);
    const p90Ms = this.plant.tooSlowMs();
    if (p90Ms !== undefined) throw fault('ANSWERS_LATE', p90Ms, turn.admission_p90_ms);
  }

  /** Makes the leg a call that is listed, told what happens, and forgotten when it is released. */
  #adopt(leg: Leg, media: CallMedia, negotiation: Negotiation, plan: CallPlan): Call {
    const call = new Call(this.plant, leg, plan, media, ({ callId }) => void this.#calls.delete(callId));
    this.#calls.set(call.callId, call);
    leg.handle({
      onEnded: (end, detail) => call.legEnded(end, detail),
      onReoffer: async (sdp) => {
        const { sdp: answer, stream } = negotiation.answer(sdp);
        call.change(stream);
        return answer;
      },
      onDigit: (digit, durationMs) => call.digit(digit, durationMs),
      ...(this.plant.config.sip.refer === 'call' && {
        onReferred: (target: string, report: Report) => void this.#refer(target, report),
      }),
    });
    return call;
  }

  /** A call of its own to whom the peer names; how it goes is told by SIP statuses (RFC 3515, 2.4.5). */
  async #refer(destination: string, report: Report): Promise<void> {
    const onProgress = (stage: CallProgress) => void (stage === 'ringing' && report(180, 'Ringing'));
    try {
      await this.place({ destination }, 'refer', { onProgress });
      report(200, 'OK');
    } catch (thrown) {
      const code = thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED';
      report(...(referrals[code] ?? [503, 'Service Unavailable']));
    }
  }

  async #answer(call: Call, negotiation: Negotiation): Promise<void> {
    const { leg } = call;
    try {
      if (leg.remoteSdp === '') {
        call.open(negotiation.accept(await leg.answer(negotiation.offer())));
      } else {
        const { sdp, stream } = negotiation.answer(leg.remoteSdp);
        call.open(stream);
        await leg.answer(sdp);
      }
      call.begin();
    } catch (thrown) {
      await this.#refuse(leg, call, thrown);
    }
  }

  async #refuse(leg: Leg, call: Call | undefined, thrown: unknown): Promise<void> {
    const code = thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED';
    const [status, reason] = refusals[code] ?? [500, 'Server Internal Error'];
    this.plant.log.warn({ callId: leg.key, code, status, reason: reasonOf(thrown) }, 'call refused');
    await call?.fail('refused', reasonOf(thrown));
    await leg.refuse(status, reason).catch(() => undefined);
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
    if (!this.outbound) throw fault('NOT_SUPPORTED', 'an outbound call', 'no signalling that can place one is enabled');
    const plan = this.#planOf(request);
    this.#admit();
    const media = CallMedia.open(mediaOptions(this.plant.config, 0));
    const negotiation = new Negotiation(this.plant.config, media.rtpPort);
    const { destination, from = 'oavc' } = request;
    const leg = await this.outbound.place(destination, from, negotiation.offer(), options).catch(async (thrown) => {
      await media.close();
      throw thrown;
    });
    this.plant.log.info({ callId: leg.key, origin }, 'outbound call answered');
    return this.#connect(this.#adopt(leg, media, negotiation, plan), negotiation);
  }

  /** Whoever places a call is there to be told: what cannot be had is a refusal. */
  #planOf({ destination, from = 'oavc', variables, ...request }: PlaceRequest): CallPlan {
    const { agent, language, voice, prompt, greeting } = request;
    const named = Object.entries(variables ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
    const wishes = Object.entries({ ...Object.fromEntries(named), agent, language, voice, prompt, greeting });
    const parameters = Object.fromEntries(wishes.filter((wish): wish is [string, string] => wish[1] !== undefined));
    const plan = planCall(this.plant, { callerUser: userOf(from), calledUser: userOf(destination), parameters });
    const [refusal] = plan.unmet;
    if (refusal) throw refusal;
    return plan;
  }

  async #connect(call: Call, negotiation: Negotiation): Promise<Call> {
    try {
      call.open(negotiation.accept(call.leg.remoteSdp));
      call.begin();
      return call;
    } catch (thrown) {
      await call.leg.hangup();
      await call.fail('failed', reasonOf(thrown));
      throw thrown;
    }
  }

  /** The model of this call does something to it. */
  act(callId: string, act: ToolCall): void {
    this.#calls.get(callId)?.act(act);
  }

  /** No worker can serve this call any more. */
  lost(callId: string, cause: string): void {
    void this.#calls.get(callId)?.fail('failed', cause);
  }

  /** Every call is ended; new ones are refused meanwhile and after. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#calls.values()].map((call) => call.hangup('shutdown', 'the operator')));
  }
}

/** The user part of a SIP URI; a bare name or number as it is. */
const userOf = (address: string): string => parseUri(address)?.user ?? address;

const unestablished = async (): Promise<string> => {
  throw fault('SDP_UNACCEPTABLE', 'the call is not established');
};
