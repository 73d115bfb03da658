/** The services of a call as RTVI configuration: describing, reading, and checking an update as a whole. */

import type { CallInfo, ConfigChange } from '../call/control.js';
import { fault } from '../errors.js';
import type { SettingChange } from '../pipeline/events.js';
import {
  type CallSettings,
  type Service,
  type ServiceOption,
  type SettingName,
  services,
} from '../pipeline/services.js';
import type { Json } from './outgoing.js';
import { misfit } from './validate.js';

/** One entry of an `update-config`. */
export interface ConfigEntry {
  service: string;
  options: { name: string; value?: unknown }[];
}

/** `config-available`: names and types of every option. */
export const describedConfig = (): Json =>
  services.map(({ name, options }) => ({
    name,
    options: options.map((option) => ({ name: option.name, type: typeName(option) })),
  }));

/** `describe-options`: what each option may be, for a page that makes controls of it. */
export const describedOptions = ({ choices }: CallInfo): Json =>
  services.flatMap(({ name: service, options }) =>
    options.map((option) => ({ service, option: option.name, type: typeName(option), ...limitsOf(option, choices) })),
  );

function limitsOf({ setting, schema }: ServiceOption, choices: CallInfo['choices']): { [name: string]: Json } {
  const values = setting === 'language' || setting === 'voice' ? [...choices[setting]] : undefined;
  return { minimum: schema.minimum, maximum: schema.maximum, values, description: schema.description };
}

/** `config`: an entry for every service, with the values in force. */
export const configOf = (settings: CallSettings): Json =>
  services.map(({ name, options }) => ({
    service: name,
    options: options.map((option) => ({ name: option.name, value: settings[option.setting] })),
  }));

/**
 * Checks a whole update and turns it into a patch; nothing is applied. Throws OPTION_UNKNOWN or OPTION_INVALID. Where
 * two options name one setting the later wins, as the list's order is the order of application.
 */
export function patchOf(config: readonly ConfigEntry[]): Partial<CallSettings> {
  const patch: Partial<Record<SettingName, unknown>> = {};
  for (const entry of config) {
    const service = findService(entry.service);
    for (const { name, value } of entry.options) {
      const option = findOption(service, name);
      patch[option.setting] = checked(service, option, value);
    }
  }
  // Each value was held against the schema of its setting.
  return patch as Partial<CallSettings>;
}

/** A change by the option's name, for clients; the first where a setting has two. */
export function describedChange({ setting, from, to }: SettingChange): Json {
  for (const service of services)
    for (const option of service.options)
      if (option.setting === setting) return { service: service.name, option: option.name, from, to };
  return { option: setting, from, to };
}

/** History for `get-config-history`; `at` is epoch seconds. */
export const describedHistory = (history: readonly ConfigChange[]): Json =>
  history.map(({ at, origin, changes }) => ({ at, origin, changes: changes.map(describedChange) }));

function findService(name: string): Service {
  const service = services.find((candidate) => candidate.name === name);
  if (service) return service;
  throw fault('RTVI_INVALID', 'service', `one of ${services.map((one) => one.name).join(', ')}`, name.slice(0, 64));
}

function findOption(service: Service, name: string): ServiceOption {
  const option = service.options.find((candidate) => candidate.name === name);
  if (option) return option;
  throw fault('OPTION_UNKNOWN', service.name, name.slice(0, 64), service.options.map((one) => one.name).join(', '));
}

function checked(service: Service, option: ServiceOption, value: unknown): unknown {
  if (misfit(option.schema, value) === undefined) return value;
  const got = JSON.stringify(value)?.slice(0, 64) ?? 'nothing';
  throw fault('OPTION_INVALID', service.name, option.name, expectation(option), got);
}

/** One of RTVI's five names of types; JSON Schema has an `integer` besides. */
function typeName({ schema }: ServiceOption): 'bool' | 'number' | 'string' {
  if (schema.type === 'boolean') return 'bool';
  return schema.type === 'string' ? 'string' : 'number';
}

function expectation({ schema }: ServiceOption): string {
  const { type, minimum, maximum, minLength = 0, maxLength } = schema as Record<string, unknown>;
  if (minimum !== undefined) return `${type} ${minimum} to ${maximum}`;
  return type === 'string' ? `string of ${minLength} to ${maxLength} characters` : String(type);
}
