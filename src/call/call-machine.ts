/**
 * The life of a call as a table. Whatever happens, in whatever order, it reaches `ended` once, and its resources are
 * given back once, on the way out of `ending`. `leaving` is a running call that says its last words.
 */

import type { EndReason } from '../pipeline/events.js';
import type { LegEnd } from '../signalling/leg.js';
import type { Refusal } from './refusal.js';

export type CallState = 'starting' | 'running' | 'leaving' | 'ending' | 'ended';
export type CallInput = 'answered' | 'leave' | 'end' | 'released';

const table: Readonly<Record<CallState, Partial<Record<CallInput, CallState>>>> = {
  starting: { answered: 'running', end: 'ending' },
  running: { leave: 'leaving', end: 'ending' },
  leaving: { end: 'ending' },
  ending: { released: 'ended' },
  ended: {},
};

/** The state after `input`, or undefined where it means nothing: the caller then does nothing. */
export const nextCallState = (state: CallState, input: CallInput): CallState | undefined => table[state][input];

/** What the end of a leg is for its call. */
export const legEnds: Readonly<Record<LegEnd, EndReason>> = {
  hangup: 'caller-hangup',
  cancelled: 'cancelled',
  failed: 'failed',
  'no-ack': 'failed',
  transferred: 'transferred',
};

/** How a call ends. */
export interface CallEnd {
  reason: EndReason;
  detail: string;
  /** For a leg that was not answered yet. */
  refusal?: Refusal;
  /** The leg has ended already. */
  legOver?: boolean;
}
