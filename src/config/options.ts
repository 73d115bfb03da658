/** The schema seen as a flat list: what the readers, the printer, the command line and the papers walk over. */
import type { TSchema } from '@sinclair/typebox';
import { agentSchema, configSchema } from './schema.js';

export type OptionValue = string | number | boolean;

/** What `schema.ts` may say of one option. */
export interface OptionSchema {
  type: 'string' | 'integer' | 'number' | 'boolean';
  default: OptionValue;
  description: string;
  minimum?: number;
  maximum?: number;
  enum?: readonly string[];
  env?: string;
  flag?: string;
  secret?: boolean;
}

export interface Option {
  /** `section.name`, or `agent.NAME.name`. */
  key: string;
  section: string;
  name: string;
  schema: OptionSchema;
}

export interface Section {
  name: string;
  description: string;
  options: readonly Option[];
}

interface SectionSchema {
  description?: string;
  properties: Record<string, TSchema>;
}

function toSection(name: string, schema: SectionSchema): Section {
  const options = Object.entries(schema.properties).map(([option, value]) => ({
    key: `${name}.${option}`,
    section: name,
    name: option,
    schema: value as TSchema & OptionSchema,
  }));
  return { name, description: schema.description ?? '', options };
}

/** Every section with fixed options, in the order of the schema. */
export const sections: readonly Section[] = Object.entries(configSchema.properties).flatMap(([name, schema]) =>
  name === 'agent' ? [] : [toSection(name, schema as TSchema & SectionSchema)],
);

/** Every option with a fixed key. */
export const options: readonly Option[] = sections.flatMap((section) => section.options);

/** The section of one agent. */
export const agentSection = (name: string): Section => toSection(`agent.${name}`, agentSchema);

const byKey = new Map(options.map((option) => [option.key, option]));

/** The option behind a key, agents' included; undefined where there is none. */
export function findOption(key: string): Option | undefined {
  const fixed = byKey.get(key);
  if (fixed) return fixed;
  const agent = agentOf(key);
  return agent === undefined ? undefined : agentSection(agent).options.find((option) => option.key === key);
}

/** NAME of `agent.NAME.option`; a name may hold dots. */
export function agentOf(key: string): string | undefined {
  const parts = key.split('.');
  return parts.length >= 3 && parts[0] === 'agent' ? parts.slice(1, -1).join('.') : undefined;
}

/** What a value of this option looks like, in words. */
export function expectation(schema: OptionSchema): string {
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'string') return 'text';
  const kind = schema.type === 'integer' ? 'a whole number' : 'a number';
  return `${kind} from ${schema.minimum ?? '-∞'} to ${schema.maximum ?? '∞'}`;
}
