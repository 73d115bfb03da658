/** When is the caller's turn over? A strategy: silence is the base; a semantic judge may shorten or lengthen it. */

export interface TurnState {
  /** Silence since the last voiced sample. */
  silenceMs: number;
  /** Words heard so far, where the recogniser streams. */
  text: string;
}

export interface EndOfTurn {
  /** Silence after which a turn in this state is over. */
  requiredSilenceMs(state: TurnState): number;
}

/** The base: a fixed silence. */
export const silenceEndOfTurn = (silenceMs: number): EndOfTurn => ({ requiredSilenceMs: () => silenceMs });
