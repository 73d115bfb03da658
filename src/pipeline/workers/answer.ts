/** An answer of the bot on its way: to whom it belongs, what was said of it, and what is to follow. */
import type { Generation, ToolCall } from '../../engines/engine.js';

/** A turn that the caller may be hearing: what of it goes into the history is known at its end. */
export interface Answer {
  turn: number;
  epoch: number;
  audio: boolean;
  remember: boolean;
  sentences: string[];
  abort: AbortController;
  /** To be done when the caller has heard all of it. */
  afterwards?: ToolCall;
  /** Nothing is to be said. */
  quiet?: boolean;
  /** Tools that were called: each once a turn, so that a model that repeats itself comes to an end. */
  called: string[];
}

export const openAnswer = (
  { turn, epoch }: { turn: number; epoch: number },
  audio: boolean,
  remember: boolean,
): Answer => ({ turn, epoch, audio, remember, sentences: [], called: [], abort: new AbortController() });

/** Tokens of all rounds of an answer; those from the cache are not known where one of them does not tell. */
export function tokensOf(generations: readonly Generation[]) {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const cached = generations.flatMap(({ cachedTokens }) => cachedTokens ?? []);
  return {
    promptTokens: sum(generations.map(({ promptTokens }) => promptTokens)),
    cachedTokens: cached.length < generations.length ? undefined : sum(cached),
    completionTokens: sum(generations.map(({ completionTokens }) => completionTokens)),
  };
}
