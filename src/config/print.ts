/** The effective configuration, for people (INI that can be read again) and for programs (JSON). Secrets are masked. */
import { safe } from 'ini';
import type { LoadedConfig } from './load.js';
import {
  headerOf,
  namedKinds,
  namedOf,
  namedSection,
  type Option,
  type OptionValue,
  type Section,
  sections,
} from './options.js';

const mask = '********';
const commentColumn = 48;

interface Printed {
  value: OptionValue;
  origin: string;
}

function printed(option: Option, loaded: LoadedConfig): Printed {
  const value = valueAt(loaded, option);
  const origin = loaded.origins.get(option.key) ?? 'default';
  return { value: option.schema.secret && value !== '' ? mask : value, origin };
}

function valueAt({ config }: LoadedConfig, option: Option): OptionValue {
  const fixed: Readonly<Record<string, object>> = config;
  const named = namedOf(option.key);
  const section = named ? namesOf(config, named.kind)[named.name] : fixed[option.section];
  return new Map<string, OptionValue>(Object.entries(section ?? {})).get(option.name) ?? option.schema.default;
}

const namesOf = (config: LoadedConfig['config'], kind: string): Readonly<Record<string, object>> =>
  kind === 'tool' ? config.tool : config.agent;

const allSections = ({ config }: LoadedConfig): readonly Section[] => [
  ...sections,
  ...namedKinds.flatMap((kind) => Object.keys(namesOf(config, kind)).map((name) => namedSection({ kind, name }))),
];

/** A quoted value cannot have a comment behind it on its line, so there the origin goes above. */
function optionLine(option: Option, loaded: LoadedConfig): string {
  const { value, origin } = printed(option, loaded);
  const written = safe(String(value));
  if (written.startsWith('"')) return `; ${origin}\n${option.name} = ${written}`;
  return `${`${option.name} = ${written}`.padEnd(commentColumn)} ; ${origin}`;
}

/** INI text; each value with its origin as a comment. */
export function printIni(loaded: LoadedConfig): string {
  const blocks = allSections(loaded).map((section) => {
    const header = `[${headerOf(section.name)}]`;
    return [header, ...section.options.map((option) => optionLine(option, loaded))].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

/** `{ section: { option: { value, origin } } }`, agents under `agent.NAME`. */
export function printJson(loaded: LoadedConfig): string {
  const tree = allSections(loaded).map((section) => [
    section.name,
    Object.fromEntries(section.options.map((option) => [option.name, printed(option, loaded)])),
  ]);
  return `${JSON.stringify(Object.fromEntries(tree), null, 2)}\n`;
}
