/** The C++ parts of the benches: built once by CMake, then run as programs that print one JSON object. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../bench.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(root, 'build-bench');

export const programPath = (name: string): string => join(folder, name);

/** Why the programs could not be built; undefined when they are there. */
export function buildPrograms(): string | undefined {
  const steps = [
    ['-S', root, '-B', folder, '-DOAVC_BENCH=ON'],
    ['--build', folder, '--parallel', '2'],
  ];
  for (const step of steps) {
    const { status, error, stdout, stderr } = spawnSync('cmake', step, { encoding: 'utf8' });
    if (error) return `CMake does not run: ${error.message}`;
    if (status !== 0) return `${stdout}${stderr}`.split('\n').slice(-20).join('\n');
  }
  return undefined;
}

/** Runs to the end; throws with what the program said when it failed. */
export const runProgram = (name: string, ...args: (string | number)[]): Outcome =>
  JSON.parse(execFileSync(programPath(name), args.map(String), { encoding: 'utf8' })) as Outcome;
