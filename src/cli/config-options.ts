/** The options of the configuration on the command line, generated from the schema. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import { expectation, options } from '../config/options.js';
import type { Setting } from '../config/sources.js';

const flagged = options.flatMap(({ key, schema }) =>
  schema.flag === undefined ? [] : [{ key, schema, flag: schema.flag }],
);

/** Adds `--config`, one option for each `flag` of the schema, and `--set` for all other keys. */
export function addConfigOptions(command: Command): void {
  command.option('--config <file>', 'INI file (environment: CONFIG_FILE)');
  for (const { schema, flag } of flagged) {
    const placeholder = schema.type === 'boolean' ? '' : schema.type === 'integer' ? ' <number>' : ' <value>';
    const expected = schema.enum ? `: ${expectation(schema)}` : '';
    command.addOption(new Option(`--${flag}${placeholder}`, `${schema.description}${expected}`));
    if (schema.type === 'boolean') command.addOption(new Option(`--no-${flag}`, `do not ${schema.description}`));
  }
  command.option('--set <section.key=value>', 'any option of the configuration; may be repeated', collect);
}

function collect(text: string, before: Setting[] = []): Setting[] {
  const [, key, value] = /^([^=]+\.[^=.]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Expected section.key=value.');
  return [...before, { key, text: value, origin: `command line --set ${key}` }];
}

const attributeName = (flag: string): string => new Option(`--${flag}`).attributeName();

/** What the command line says, as settings. */
function fromCommandLine(given: Readonly<Record<string, unknown>>): Setting[] {
  const set = Array.isArray(given.set) ? (given.set as Setting[]) : [];
  const byFlag = flagged.flatMap(({ key, flag }) => {
    const value = given[attributeName(flag)];
    return value === undefined ? [] : [{ key, text: String(value), origin: `command line --${flag}` }];
  });
  return [...byFlag, ...set];
}

/** Loads the configuration for a command; throws ConfigError. */
export function configFor(command: Command): LoadedConfig {
  const given = command.optsWithGlobals<Record<string, unknown>>();
  const file = typeof given.config === 'string' ? given.config : undefined;
  return loadConfig({ file, env: process.env, commandLine: fromCommandLine(given) });
}
