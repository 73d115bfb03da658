/**
 * Reads the third argument of `ua_session_server_init`: a JSON object, a list `name=value; name=value`, or one bare
 * word, which is the user that was called (a script passes `$rU`).
 */
import type { LegParameters } from '../leg.js';

const countLimit = 64;
const nameForm = /^[a-z][\w.-]{0,63}$/i;

/** Names in lower case. What cannot be read is left out: the call is worth more than what came with it. */
export function extraParameters(text: string): LegParameters {
  const given = text.trim();
  if (given.startsWith('{')) return named(jsonMembers(given));
  if (given.includes('=')) return named(given.split(';').map(pair));
  return /^[\w+.*#-]+$/.test(given) ? { called: given } : {};
}

function jsonMembers(text: string): [string, unknown][] {
  try {
    return Object.entries(JSON.parse(text) as object);
  } catch {
    return [];
  }
}

function pair(text: string): [string, unknown] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Own members only, so that no name reaches a prototype. */
function named(members: readonly (readonly [string, unknown])[]): LegParameters {
  const known = members.filter(([name, value]) => nameForm.test(name) && isScalar(value)).slice(0, countLimit);
  return Object.fromEntries(known.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
