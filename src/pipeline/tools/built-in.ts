/** The tools that every call has, where its agent may use them. */
import { keyClass } from '../keys.js';
import type { Tool } from './tool.js';

const object = (properties: Readonly<Record<string, object>> = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const defaults = { timeoutMs: 10_000, fillerAfterMs: 0, filler: {}, maxCharacters: 1000 };

const hangUp: Tool = {
  ...defaults,
  name: 'hang_up',
  description: 'Ends the telephone call. Use it when the caller says goodbye or wants nothing more.',
  parameters: object(),
  deed: { by: 'call', when: 'heard' },
  filler: { '*': 'Goodbye.', en: 'Goodbye.', tr: 'Hoşça kalın.' },
};

const sendDtmf: Tool = {
  ...defaults,
  name: 'send_dtmf',
  description: 'Presses keys of the telephone (0 to 9, * and #), as a menu at the other end asks for.',
  parameters: object({ digits: { type: 'string', minLength: 1, maxLength: 32, pattern: `^${keyClass}+$` } }),
  deed: { by: 'call', when: 'now' },
};

const wait: Tool = {
  ...defaults,
  name: 'wait',
  description: 'Says nothing and lets the caller go on. Use it when he asks for a moment, or is not done.',
  parameters: object(),
  deed: { by: 'nobody' },
};

/** Where a caller may be handed to, by the name that the model uses for it: it can name no other place. */
const transfer = (destinations: readonly string[]): Tool => ({
  ...defaults,
  name: 'transfer',
  description: 'Hands the caller over to a person or department. Use it when he asks for one.',
  parameters: object({ to: { type: 'string', enum: [...destinations] } }),
  deed: { by: 'call', when: 'heard' },
  timeoutMs: 60_000,
  filler: { '*': 'One moment please.', en: 'I am putting you through.', tr: 'Sizi aktarıyorum.' },
});

export const builtInNames = ['hang_up', 'transfer', 'send_dtmf', 'wait'] as const;
export type BuiltInName = (typeof builtInNames)[number];
export const isBuiltIn = (name: string): name is BuiltInName => builtInNames.some((known) => known === name);

/** `destinations` are those of `transfer`. */
export function builtInTool(name: BuiltInName, destinations: readonly string[]): Tool {
  if (name === 'transfer') return transfer(destinations);
  return { hang_up: hangUp, send_dtmf: sendDtmf, wait }[name];
}
