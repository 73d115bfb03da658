/** Options of the scripted engines, out of the place where real ones name their model: `firstTokenMs=150;answer=Yes.` */
import type { EngineOptions } from '../engines/engine.js';

/** A text without `=` is the option `alone`, or sets nothing. */
export function scriptedOptions(text: string, alone?: string): EngineOptions {
  if (alone !== undefined && text !== '' && !text.includes('=')) return { [alone]: text };
  const pairs = text.split(';').flatMap((pair): [string, string | number][] => {
    const at = pair.indexOf('=');
    if (at < 0) return [];
    const value = pair.slice(at + 1).trim();
    return [[pair.slice(0, at).trim(), value === '' || Number.isNaN(Number(value)) ? value : Number(value)]];
  });
  return Object.fromEntries(pairs);
}
