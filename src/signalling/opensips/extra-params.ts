/**
 * Reads the third argument of `ua_session_server_init`: a JSON object, a list `name=value; name=value`, or one bare
 * word, which is the user that was called (a script passes `$rU`).
 */
import type { LegParameters } from '../leg.js';
import { legParameters } from '../leg-parameters.js';

/** Names in lower case. What cannot be read is left out: the call is worth more than what came with it. */
export function extraParameters(text: string): LegParameters {
  const given = text.trim();
  if (given.startsWith('{')) return legParameters(jsonMembers(given));
  if (given.includes('=')) return legParameters(given.split(';').map(pair));
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
