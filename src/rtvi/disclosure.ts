/**
 * How much is told of the tools that the model calls, to those who may only watch: arguments and results can hold what
 * is not for everybody. The levels are Pipecat's; who may steer is told all, since he may be the one who answers.
 */
import { type Json, Outgoing } from './outgoing.js';

export type ReportLevel = 'disabled' | 'none' | 'name' | 'arguments' | 'full';

const always = ['tool_call_id', 'cancelled'];
const named = [...always, 'function_name'];
const withArguments = [...named, 'arguments', 'args'];
const members: Record<Exclude<ReportLevel, 'disabled' | 'full'>, readonly string[]> = {
  none: always,
  name: named,
  arguments: withArguments,
};

/** The messages of a function call as this level has them; of anything else they are not to be asked for. */
export function disclosed(messages: readonly Outgoing[], level: ReportLevel): Outgoing[] {
  if (level === 'full') return [...messages];
  if (level === 'disabled') return [];
  const known = members[level];
  // Before 1.2 this one asks a client to run the function: without arguments there is nothing to run.
  const told = level === 'arguments' ? messages : messages.filter(({ type }) => type !== 'llm-function-call');
  return told.map(({ type, data }) => new Outgoing(type, only(data, known)));
}

function only(data: Json, names: readonly string[]): Json {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([name]) => names.includes(name)));
}
