/**
 * Where settings come from. Each source is reduced to the same list: a key, the text that was given, and an origin
 * that a person can find again. The order in which the lists are laid over one another is the precedence.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'ini';
import { fault, reasonOf } from '../errors.js';
import { namedKinds, options } from './options.js';

export interface Setting {
  /** `section.name` or `agent.NAME.name`; only `section` for a section without any key. */
  key: string;
  text: string;
  /** `environment MI_IP`, `oavc.ini:12`, `command line --sip-port`. */
  origin: string;
  /** The sign at which the reader of the file took a part of the value for a comment. */
  cutAt?: string;
  /** The line has no `=`. */
  bare?: true;
}

/** Variables that are set and not empty; an empty one is how a shell or a container says "not given". */
export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Setting[] {
  return options.flatMap(({ key, schema }) => {
    const text = schema.env === undefined ? undefined : env[schema.env];
    return text ? [{ key, text, origin: `environment ${schema.env}` }] : [];
  });
}

/** Reads an INI file; throws CONFIG_UNREADABLE. */
export function fromFile(path: string): Setting[] {
  return fromIni(readText(path), path);
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (thrown) {
    throw fault('CONFIG_UNREADABLE', path, reasonOf(thrown));
  }
}

/** The settings of INI text; `path` is only for the origins. */
export function fromIni(text: string, path: string): Setting[] {
  const places = placesOf(text);
  return flatten(parse(text)).map(([key, value]) => {
    const { line, cutAt, bare } = places.get(key) ?? {};
    const origin = line === undefined ? path : `${path}:${line}`;
    return { key, text: value, origin, ...(cutAt !== undefined && { cutAt }), ...(bare && { bare }) };
  });
}

/** `[agent NAME]` is written with a blank and addressed with a dot, as every other key. */
const addressOf = (section: string): string =>
  section.trim().replace(/^(\S+)\s+/, (header, kind: string) => (namedKinds.includes(kind) ? `${kind}.` : header));

function flatten(tree: object, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]): [string, string][] => {
    const key = prefix === '' ? addressOf(name) : `${prefix}.${name}`;
    if (typeof value !== 'object' || value === null) return [[key, String(value)]];
    if (Array.isArray(value)) return [[key, value.join(', ')]];
    return Object.keys(value).length === 0 ? [[key, '']] : flatten(value, key);
  });
}

interface Place {
  line: number;
  cutAt: string | undefined;
  bare: boolean;
}

/** Where each key was last given; the parser keeps nothing of it. */
function placesOf(text: string): ReadonlyMap<string, Place> {
  const found = new Map<string, Place>();
  let section = '';
  text.split(/\r?\n/).forEach((line, index) => {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) section = addressOf(header);
    const [, name, value] = (header === undefined && /^\s*([^=;#\s][^=;#]*?)\s*(?:=(.*)|$)/.exec(line)) || [];
    const key = [section, name].filter(Boolean).join('.');
    const bare = header === undefined && value === undefined;
    if (header !== undefined || name !== undefined)
      found.set(key, { line: index + 1, cutAt: cutAt((value ?? '').trim()), bare });
  });
  return found;
}

/**
 * The `;` or `#` that ends a value, where it was hardly meant for a comment: right behind a character, or in a value
 * that begins with a quote. The parser drops what follows without a word.
 */
function cutAt(value: string): string | undefined {
  if (/^(["']).*\1$/.test(value)) return undefined;
  const [, kept = '', sign] = /^((?:\\.|[^\\;#])*)([;#])/.exec(value) ?? [];
  return /\S$/.test(kept) || /^["']/.test(kept) ? sign : undefined;
}
