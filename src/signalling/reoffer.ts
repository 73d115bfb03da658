/** What both kinds of leg do with a new offer in a running dialog, and before anybody handles them. */
import { fault, OavcError } from '../errors.js';
import type { LegHandlers } from './leg.js';
import { reofferSdp } from './sdp.js';

export interface ReofferAnswer {
  status: number;
  reason: string;
  /** The description for the 200; undefined for a refusal. */
  sdp?: string;
}

/**
 * Answers the offer `sdp`, or makes one from our last description when the peer sent none (its answer comes in the
 * ACK). Never rejects: what went wrong is a status.
 */
export async function answerReoffer(handlers: LegHandlers, sdp: string, lastLocal: string): Promise<ReofferAnswer> {
  try {
    return { status: 200, reason: 'OK', sdp: sdp === '' ? reofferSdp(lastLocal) : await handlers.onReoffer(sdp) };
  } catch (thrown) {
    const unacceptable = thrown instanceof OavcError && thrown.code === 'SDP_UNACCEPTABLE';
    return unacceptable
      ? { status: 488, reason: 'Not Acceptable Here' }
      : { status: 500, reason: 'Server Internal Error' };
  }
}

/** In force until `handle` is called. */
export const unhandled: LegHandlers = {
  onEnded: () => undefined,
  onReoffer: async () => {
    throw fault('SDP_UNACCEPTABLE', 'the call is not established');
  },
  onDigit: () => undefined,
};
