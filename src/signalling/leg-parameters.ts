/** Names and values that came with a call, from wherever it came. */
import type { LegParameters } from './leg.js';

const countLimit = 64;
const nameForm = /^[a-z][\w.-]{0,63}$/i;

/** Names in lower case, the last of equal ones wins. Own members only, so that no name reaches a prototype. */
export function legParameters(members: readonly (readonly [string, unknown])[]): LegParameters {
  const known = members.filter(([name, value]) => nameForm.test(name) && isScalar(value)).slice(0, countLimit);
  return Object.fromEntries(known.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
