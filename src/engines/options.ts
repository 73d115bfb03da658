/** Reads the flat options of an engine; what is missing or of the wrong type is the operator's error, said by name. */
import { fault } from '../errors.js';
import type { EngineOptions } from './engine.js';

/** A text option that must be there. Throws ENGINE_FAILED. */
export function textOption(engine: string, options: EngineOptions, name: string): string {
  const value = options[name];
  if (typeof value === 'string' && value !== '') return value;
  throw fault('ENGINE_FAILED', engine, `option ${name} expected a text, got ${JSON.stringify(value)}`);
}

/** A number option, or `absent` where it is not given. Throws ENGINE_FAILED. */
export function numberOption(engine: string, options: EngineOptions, name: string, absent: number): number {
  const value = options[name] ?? absent;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw fault('ENGINE_FAILED', engine, `option ${name} expected a number, got ${JSON.stringify(value)}`);
}
