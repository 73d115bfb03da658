/** The schema seen as a flat list: what the readers, the printer, the command line and the papers walk over. */
import type { TSchema } from '@sinclair/typebox';
import { agentSchema, configSchema, toolSchema } from './schema.js';

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
  /** `section.name`, or `agent.NAME.name` and `tool.NAME.name`. */
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

/** Kinds of sections of which there may be many, each with a name: `[agent NAME]`. */
const namedSchemas: Readonly<Record<string, SectionSchema>> = { agent: agentSchema, tool: toolSchema };
export const namedKinds: readonly string[] = Object.keys(namedSchemas);

/** Every section with fixed options, in the order of the schema. */
export const sections: readonly Section[] = Object.entries(configSchema.properties).flatMap(([name, schema]) =>
  namedKinds.includes(name) ? [] : [toSection(name, schema as TSchema & SectionSchema)],
);

/** Every option with a fixed key. */
export const options: readonly Option[] = sections.flatMap((section) => section.options);

/** Kind and name of `agent.NAME` and `tool.NAME`. */
export interface SectionName {
  kind: string;
  name: string;
}

/** The section of one agent or tool. */
export const namedSection = ({ kind, name }: SectionName): Section =>
  toSection(`${kind}.${name}`, namedSchemas[kind] ?? { properties: {} });

const byKey = new Map(options.map((option) => [option.key, option]));

/** The option behind a key, those of agents and tools included; undefined where there is none. */
export function findOption(key: string): Option | undefined {
  const fixed = byKey.get(key);
  if (fixed) return fixed;
  const named = namedOf(key);
  return named && namedSection(named).options.find((option) => option.key === key);
}

/** The section of `agent.NAME.option`; a name may hold dots. */
export function namedOf(key: string): SectionName | undefined {
  const [kind = '', ...rest] = key.split('.');
  return rest.length >= 2 && namedKinds.includes(kind) ? { kind, name: rest.slice(0, -1).join('.') } : undefined;
}

/** `agent.NAME` as it is written in a file: `agent NAME`. */
export const headerOf = (section: string): string => {
  const [kind = '', ...rest] = section.split('.');
  return rest.length > 0 && namedKinds.includes(kind) ? `${kind} ${rest.join('.')}` : section;
};

/** What a value of this option looks like, in words. */
export function expectation(schema: OptionSchema): string {
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'string') return 'text';
  const kind = schema.type === 'integer' ? 'a whole number' : 'a number';
  return `${kind} from ${schema.minimum ?? '-∞'} to ${schema.maximum ?? '∞'}`;
}
