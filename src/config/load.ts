/**
 * The configuration: defaults, under the environment, under the file, under the command line. Every error is found
 * before any is reported, and what comes out is a frozen value that nobody can change after the start.
 */
import { closest } from 'fastest-levenshtein';
import { fault, OavcError } from '../errors.js';
import {
  expectation,
  findOption,
  namedKinds,
  namedOf,
  namedSection,
  type Option,
  type OptionValue,
  options,
  sections,
} from './options.js';
import { readValue } from './read-value.js';
import { rules } from './rules.js';
import type { Config } from './schema.js';
import { fromEnvironment, fromFile, type Setting } from './sources.js';

export interface ConfigSources {
  /** Path of the INI file; `CONFIG_FILE` of the environment is taken where this is undefined. */
  file: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  commandLine: readonly Setting[];
}

export interface LoadedConfig {
  config: Config;
  /** Where the value of each key came from. */
  origins: ReadonlyMap<string, string>;
  /** The file that was read, if any. */
  file: string | undefined;
}

/** All that is wrong with a configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly OavcError[]) {
    super(faults.map((each) => each.message).join('\n'));
  }
}

interface Given {
  value: OptionValue;
  origin: string;
}

/** Loads and checks; throws ConfigError with every fault. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const faults: OavcError[] = [];
  const file = sources.file ?? (sources.env.CONFIG_FILE || undefined);
  const settings = [...fromEnvironment(sources.env), ...readFile(file, faults), ...sources.commandLine];
  const given = new Map<string, Given>();
  for (const setting of settings) take(setting, given, faults);
  enableOpensips(given);
  const config = assemble(given);
  checkRules(config, given, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  const origins = new Map([...given].map(([key, { origin }]) => [key, origin]));
  return { config: freeze(config), origins, file };
}

/** An unreadable file is one fault among the others. */
function readFile(file: string | undefined, faults: OavcError[]): Setting[] {
  if (file === undefined) return [];
  try {
    return fromFile(file);
  } catch (thrown) {
    if (!(thrown instanceof OavcError)) throw thrown;
    faults.push(thrown);
    return [];
  }
}

/** Options that have another name now; the old one goes on meaning the same. */
const renamed: Readonly<Record<string, string>> = { 'sip.max_calls': 'call.max' };

function take(
  { key: written, text, origin, cutAt, bare }: Setting,
  given: Map<string, Given>,
  faults: OavcError[],
): void {
  const key = renamed[written] ?? written;
  const option = findOption(key);
  if (option === undefined && bare) {
    faults.push(fault('CONFIG_INVALID', written, 'name = value, or [section]', 'a line without =', origin));
    return;
  }
  if (option === undefined) {
    if (!isEmptySection(key, text)) faults.push(fault('CONFIG_UNKNOWN_KEY', `${key} (${origin})`, nearestKey(key)));
    return;
  }
  if (cutAt !== undefined) {
    faults.push(fault('CONFIG_INVALID', key, quoted(cutAt), `one that ends at ${cutAt}`, origin));
    return;
  }
  const value = readValue(option.schema, text);
  if (value !== undefined) given.set(key, { value, origin });
  else faults.push(fault('CONFIG_INVALID', key, expectation(option.schema), JSON.stringify(text), origin));
}

const quoted = (sign: string) => `double quotes around a value with ${sign} in it, and nothing behind them`;

/** A known section whose options are all commented out is no mistake. */
const isEmptySection = (key: string, text: string): boolean =>
  text === '' && (sections.some(({ name }) => name === key) || namedOf(`${key}.`) !== undefined);

/** The known key, or for a lone word the known section, that is spelled most like `key`. */
function nearestKey(key: string): string {
  const named = namedOf(key);
  if (named !== undefined)
    return closest(
      key,
      namedSection(named).options.map((option) => option.key),
    );
  if (key.includes('.'))
    return closest(
      key,
      options.map((option) => option.key),
    );
  const byName = options.find(({ name }) => name === key);
  return (
    byName?.key ??
    closest(
      key,
      sections.map(({ name }) => name),
    )
  );
}

/** Whoever says where OpenSIPS is wants its calls. */
function enableOpensips(given: Map<string, Given>): void {
  if (given.has('opensips.enabled')) return;
  const cause = ['opensips.ip', 'opensips.port'].find((key) => given.has(key));
  if (cause) given.set('opensips.enabled', { value: true, origin: `given ${cause} (${given.get(cause)?.origin})` });
}

/** Lays what was given over the defaults. Every value passed its schema in `take`, hence the one assertion. */
function assemble(given: ReadonlyMap<string, Given>): Config {
  const effective = (option: Option) => given.get(option.key)?.value ?? option.schema.default;
  const fill = (section: readonly Option[]) =>
    Object.fromEntries(section.map((option) => [option.name, effective(option)]));
  const names = (kind: string) =>
    new Set([...given.keys()].map(namedOf).flatMap((it) => (it?.kind === kind ? it.name : [])));
  const named = (kind: string) =>
    Object.fromEntries([...names(kind)].map((name) => [name, fill(namedSection({ kind, name }).options)]));
  const all = Object.fromEntries(namedKinds.map((kind) => [kind, named(kind)]));
  if (names('agent').size === 0)
    all.agent = { default: fill(namedSection({ kind: 'agent', name: 'default' }).options) };
  return { ...Object.fromEntries(sections.map(({ name, options: own }) => [name, fill(own)])), ...all } as Config;
}

function checkRules(config: Config, given: ReadonlyMap<string, Given>, faults: OavcError[]): void {
  for (const { key, expected, holds } of rules) {
    if (holds(config)) continue;
    const option = findOption(key);
    const value = given.get(key)?.value ?? option?.schema.default;
    const got = option?.schema.secret ? (value === '' ? 'none' : 'a secret') : JSON.stringify(value);
    faults.push(fault('CONFIG_INVALID', key, expected(config), got, given.get(key)?.origin ?? 'default'));
  }
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner);
  return Object.freeze(value);
}
