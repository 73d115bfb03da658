/** What a person at the terminal sees of an error, and the exit code that goes with it. */
import { CommanderError } from 'commander';
import { ConfigError } from '../config/load.js';
import { OavcError, reasonOf } from '../errors.js';

/** Node's own errors may bring a stack of paths along. */
export const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();
const line = (text: string): boolean => process.stderr.write(`oavc: ${oneLine(text)}\n`);

/** One line an error on stderr; returns 2 for wrong use or configuration, 1 for anything else. */
export function reportError(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  if (thrown instanceof ConfigError) {
    for (const { code, message } of thrown.faults) line(`${code}: ${message}`);
    return 2;
  }
  line(thrown instanceof OavcError ? `${thrown.code}: ${thrown.message}` : reasonOf(thrown));
  return 1;
}
