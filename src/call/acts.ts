/** What the model may do to its own call: the built-in tools, carried out. What goes wrong is a result, not an error. */

import { reasonOf } from '../errors.js';
import type { ToolCall } from '../pipeline/tools/tool.js';
import type { TransferResult } from './control.js';

/** The verbs that acts need of a call. `onSettled` is told before a transfer that succeeded ends the call. */
export interface ActingCall {
  hangup(reason: 'bot-hangup', origin: string): Promise<boolean>;
  transfer(destination: string, origin: string, onSettled: (result: TransferResult) => void): Promise<TransferResult>;
  sendDigits(digits: string): void;
}

const origin = 'the model';

/** Carries `act` out; `tell` gets what the model is told of it, once. `destinations` are those of `transfer`. */
export async function carryOut(
  act: ToolCall,
  call: ActingCall,
  destinations: Readonly<Record<string, string>>,
  tell: (result: unknown) => void,
): Promise<void> {
  try {
    await deedOf(act, call, destinations, tell);
  } catch (thrown) {
    tell({ error: reasonOf(thrown) });
  }
}

async function deedOf(
  { name, arguments: given }: ToolCall,
  call: ActingCall,
  destinations: Readonly<Record<string, string>>,
  tell: (result: unknown) => void,
): Promise<void> {
  if (name === 'hang_up') {
    tell({ done: true });
    await call.hangup('bot-hangup', origin);
  } else if (name === 'transfer') {
    await call.transfer(destinations[String(given.to)] ?? '', origin, (result) => tell(outcomeOf(result)));
  } else {
    call.sendDigits(String(given.digits));
    tell({ done: true });
  }
}

const outcomeOf = ({ success, reason }: TransferResult): object =>
  success ? { done: true } : { error: `the transfer failed: ${reason}` };
