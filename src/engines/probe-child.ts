/** Runs in a child process: makes one engine, warms it up, and exits with 0; a native abort ends only this process. */
import { reasonOf } from '../errors.js';
import type { EngineOptions } from './engine.js';
import { type EngineKind, openEngine } from './registry.js';

async function tryEngine(kind: EngineKind, name: string, options: EngineOptions): Promise<void> {
  const engine = await openEngine(kind, name, options);
  await engine.warmUp();
  await engine.close();
}

const [kind = '', name = '', options = '{}'] = process.argv.slice(2);
tryEngine(kind as EngineKind, name, JSON.parse(options)).then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exit(1);
  },
);
