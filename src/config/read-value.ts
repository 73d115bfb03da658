/** From the text that an operator wrote to the value that an option holds. */
import type { OptionSchema, OptionValue } from './options.js';

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

function readNumber(schema: OptionSchema, text: string): number | undefined {
  if (text.trim() === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || (schema.type === 'integer' && !Number.isInteger(value))) return undefined;
  const inside = value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
  return inside ? value : undefined;
}

/** The value, or undefined where the text is none of this option's. */
export function readValue(schema: OptionSchema, text: string): OptionValue | undefined {
  if (schema.enum) return schema.enum.includes(text) ? text : undefined;
  if (schema.type === 'boolean') return booleans[text.trim().toLowerCase()];
  if (schema.type === 'string') return text;
  return readNumber(schema, text);
}
