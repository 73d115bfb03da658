/** Holds a value against a schema, by a validator that was compiled with the program: no code is made at run time. */
import type { TSchema } from '@sinclair/typebox';
import { schemas } from './schemas.js';
import validators, { type Validator } from './validators.cjs';

const compiled = new Map<TSchema, Validator>();
for (const [name, schema] of Object.entries(schemas)) {
  const validator = validators[name];
  if (validator) compiled.set(schema, validator);
}

/** Why `value` does not fit, or undefined when it does. `schema` is one of `schemas`. */
export function misfit(schema: TSchema, value: unknown): string | undefined {
  const validate = compiled.get(schema);
  if (!validate) throw new Error('a schema without a validator: npm run build');
  if (validate(value)) return undefined;
  const [error] = validate.errors ?? [];
  return `data${error?.instancePath ?? ''} ${error?.message ?? 'does not fit'}`;
}
