/** Arguments of an action: a list of name and value in any order, checked against the action's schemas. */
import type { TSchema } from '@sinclair/typebox';
import { fault } from '../errors.js';
import { misfit } from './validate.js';

export interface NamedValue {
  name: string;
  value?: unknown;
}

export interface Argument {
  schema: TSchema;
  /** One of RTVI's five names of types. */
  type: 'bool' | 'number' | 'string' | 'array' | 'object';
  optional: boolean;
}

/** Values by name. Throws OPTION_UNKNOWN or OPTION_INVALID; a null value is an absent one. */
export function readArguments(
  action: string,
  known: Readonly<Record<string, Argument>>,
  given: readonly NamedValue[],
): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const { name, value } of given) {
    if (!Object.hasOwn(known, name)) throw unknownArgument(action, known, name);
    if (value !== null && value !== undefined) values.set(name, value);
  }
  for (const [name, argument] of Object.entries(known)) check(action, name, argument, values);
  return values;
}

function check(action: string, name: string, argument: Argument, values: Map<string, unknown>): void {
  if (argument.optional && !values.has(name)) return;
  const value = values.get(name);
  if (misfit(argument.schema, value) === undefined) return;
  const got = JSON.stringify(value)?.slice(0, 64) ?? 'nothing';
  throw fault('OPTION_INVALID', action, name, argument.type, got);
}

function unknownArgument(action: string, known: Readonly<Record<string, Argument>>, name: string) {
  const names = Object.keys(known).join(', ') || 'none';
  return fault('OPTION_UNKNOWN', action, name.slice(0, 64), names);
}
