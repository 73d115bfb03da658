/** The caller's side of a conversation: waits for the greeting, asks, listens to the answer, asks again. */
import { elapsedMs } from '../clock.js';
import type { Answer, Ear } from './ear.js';

export interface Utterance {
  text: string;
  /** At the line rate. */
  samples: Int16Array;
  /** Asked while the bot still answers the one before. */
  interrupts: boolean;
}

/** What was measured of one utterance. */
export interface Exchange {
  text: string;
  interrupts: boolean;
  /** From the last voiced packet sent to the arrival of the first voiced packet of the answer; undefined without one. */
  feltMs: number | undefined;
  /** Length of the answer as heard; undefined when it did not end. */
  answerMs: number | undefined;
}

/** How the caller's phone speaks: resolves with the moment at which the last voiced sample was sent. */
export type Say = (samples: Int16Array) => Promise<bigint>;

export interface Patience {
  greetingMs: number;
  answerMs: number;
  /** Longest answer that is listened to. */
  listenMs: number;
  /** Speech of the bot after which an interrupting question begins. */
  interruptAfterMs: number;
}

export const usualPatience: Patience = { greetingMs: 8000, answerMs: 20000, listenMs: 60000, interruptAfterMs: 1200 };

export interface Progress {
  /** False while the caller knows that the bot goes on, although it is silent; looked at with each frame. */
  mayAsk?: () => boolean;
  asking?: (utterance: Utterance, index: number) => void;
  answered?: (exchange: Exchange, index: number) => void;
}

/** Holds the conversation: one exchange an utterance. Rejects when the call ends while the caller speaks. */
export async function converse(
  ear: Ear,
  say: Say,
  utterances: readonly Utterance[],
  patience: Patience = usualPatience,
  progress: Progress = {},
): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  if (await ear.until(() => ear.answer !== undefined, patience.greetingMs)) await untilOver(ear, patience, progress);
  for (const [index, utterance] of utterances.entries()) {
    progress.asking?.(utterance, index);
    const endNs = await say(utterance.samples);
    ear.listenAfresh();
    const answer = await firstAnswer(ear, patience);
    if (answer && utterances[index + 1]?.interrupts) await untilTalking(ear, patience);
    else if (answer) await untilOver(ear, patience, progress);
    const exchange = measured(utterance, endNs, answer && ear.answer);
    exchanges.push(exchange);
    progress.answered?.(exchange, index);
  }
  return exchanges;
}

async function firstAnswer(ear: Ear, { answerMs }: Patience): Promise<Answer | undefined> {
  await ear.until(() => ear.answer !== undefined, answerMs);
  return ear.answer;
}

const isOver = (ear: Ear): boolean => ear.answer?.endedPlayoutMs !== undefined;
const untilOver = (ear: Ear, { listenMs }: Patience, { mayAsk }: Progress) =>
  ear.until(() => isOver(ear) && (mayAsk?.() ?? true), listenMs);
const untilTalking = (ear: Ear, { listenMs, interruptAfterMs }: Patience) =>
  ear.until(() => isOver(ear) || ear.speakingMs >= interruptAfterMs, listenMs);

function measured({ text, interrupts }: Utterance, endNs: bigint, answer: Answer | undefined): Exchange {
  const ended = answer?.endedPlayoutMs;
  return {
    text,
    interrupts,
    feltMs: answer && elapsedMs(endNs, answer.beganNs),
    answerMs: answer && ended !== undefined ? ended - answer.beganPlayoutMs : undefined,
  };
}
