/**
 * The life of a call as a table. Whatever happens, in whatever order, it reaches `ended` once, and its resources are
 * given back once, on the way out of `ending`.
 */

export type CallState = 'starting' | 'running' | 'ending' | 'ended';
export type CallInput = 'answered' | 'end' | 'released';

const table: Readonly<Record<CallState, Partial<Record<CallInput, CallState>>>> = {
  starting: { answered: 'running', end: 'ending' },
  running: { end: 'ending' },
  ending: { released: 'ended' },
  ended: {},
};

/** The state after `input`, or undefined where it means nothing: the caller then does nothing. */
export const nextCallState = (state: CallState, input: CallInput): CallState | undefined => table[state][input];
