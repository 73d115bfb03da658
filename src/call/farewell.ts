/** Last words: said over whatever the bot was saying, and waited for until the caller has heard them. */
import type { CallEvent } from '../pipeline/events.js';
import type { Conversation } from './conversation.js';
import type { CallPlant } from './plant.js';

/** Longest wait for last words, so that a voice that fails keeps no call. */
const longestMs = 15_000;

/**
 * Says `text` by `say` and resolves when it was played to its end, when the call is over, or after a while.
 * `subscribe` gives the events of this call.
 */
export function saidToTheEnd(
  text: string,
  say: () => void,
  subscribe: (listener: (event: CallEvent) => void) => () => void,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, longestMs);
    let turn: number | undefined;
    const unsubscribe = subscribe((event) => {
      if (event.type === 'sentence' && text.includes(event.text.trim())) turn = event.turn;
      else if (event.type === 'call-ended') done();
      else if (event.type === 'bot-stopped-speaking' && event.turn === turn) done();
      else if (event.type === 'bot-interrupted' && event.turn === turn) done();
    });
    say();
  });
}

/** Cuts the bot off, says goodbye, and resolves when it was heard; an empty text is no goodbye. */
export async function sayGoodbye(
  text: string,
  conversation: Conversation,
  { subscribe }: Pick<CallPlant, 'subscribe'>,
): Promise<void> {
  if (text === '') return;
  const ofThisCall = (listener: (event: CallEvent) => void) =>
    subscribe((event) => event.callId === conversation.callId && listener(event));
  await saidToTheEnd(text, () => conversation.say(text, true, false), ofThisCall);
}
