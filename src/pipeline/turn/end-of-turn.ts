/** When is the caller's turn over? A strategy answers with the silence that it asks for, and why. */

export const endOfTurnReasons = [
  /** The setting. */
  'silence',
  /** What this caller's own pauses ask for. */
  'pauses',
  /** The words make a whole sentence. */
  'complete',
  /** The last word or its form promises more. */
  'unfinished',
  /** The last word belongs to a number that may go on. */
  'number',
  /** Not all digits of an expected number are there; or they are. */
  'digits-missing',
  'digits-complete',
  /** The model judged the sound. */
  'model-complete',
  'model-unfinished',
] as const;
export type EndOfTurnReason = (typeof endOfTurnReasons)[number];

export interface TurnState {
  /** Words heard so far; empty where the recogniser has none yet. */
  text: string;
  /** Probability that the turn is complete, by a model that heard this pause; undefined without one. */
  completion: number | undefined;
}

export interface Judgement {
  /** Silence after which a turn in this state is over. */
  silenceMs: number;
  reason: EndOfTurnReason;
  /** Silence after which to look at the final words, where the ones so far ask for long; otherwise at the end. */
  wordsMs?: number;
}

export interface EndOfTurn {
  judge(state: TurnState): Judgement;
  /** The caller went on after a pause of this length: it was not the end. */
  wentOn(pauseMs: number): void;
}

/** The base: a fixed silence. */
export const silenceEndOfTurn = (silenceMs: number): EndOfTurn => ({
  judge: () => ({ silenceMs, reason: 'silence' }),
  wentOn: () => undefined,
});
