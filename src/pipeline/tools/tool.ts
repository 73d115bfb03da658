/** What a tool is to a conversation: how the model is told of it, who does it, and how long it may take. Plain data. */
import type { ToolSpec } from '../../engines/engine.js';

export type { ToolCall } from '../../engines/engine.js';

export interface HttpRequestOptions {
  method: string;
  /** `{name}` in path and query stands for an argument; scheme, host and port are fixed. */
  url: string;
  /** Name and value; `$NAME` in a value stands for an environment variable. */
  headers: readonly (readonly [string, string])[];
  /** Tries after the first. */
  retries: number;
}

export type ToolDeed =
  | { by: 'http'; request: HttpRequestOptions }
  /** A client answers `function-call-started`. */
  | { by: 'client' }
  /** The call itself does it: at once, or when the caller has heard what the bot said before. */
  | { by: 'call'; when: 'now' | 'heard' }
  /** Nothing is done and nothing is said: the caller is given time. */
  | { by: 'nobody' };

export interface Tool extends ToolSpec {
  deed: ToolDeed;
  timeoutMs: number;
  /** Said when the tool is late and the bot said nothing yet (`when: 'heard'`: said at once); by language, `*` for any. */
  filler: Readonly<Record<string, string>>;
  fillerAfterMs: number;
  /** What the model reads of the result. */
  maxCharacters: number;
}

export const fillerOf = ({ filler }: Tool, language: string): string => filler[language] ?? filler['*'] ?? '';

/** A result as the model reads it: JSON, cut off at the tool's limit. */
export function resultText(result: unknown, maxCharacters: number): string {
  const text = (typeof result === 'string' ? result : JSON.stringify(result)) ?? 'null';
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)} (cut off)`;
}
