/**
 * Builds the native tests with CMake and runs them with ctest, without Node. Each set of sanitizers has a build folder
 * of its own. Usage: native.mjs [--sanitize address,undefined | --sanitize thread]
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** True when the program answers. */
export const isHere = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

/** Runs in the repository's root, output and all; true when it ended with 0. */
export const run = (program, args) => {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (error) process.stderr.write(`${program}: ${error.message}\n`);
  return status === 0;
};

/** Configures, builds and runs; true when all passed. `sanitize` is a list as compilers take it, or ''. */
export function nativeTests(sanitize = '') {
  const folder = `build-tests${sanitize === '' ? '' : `-${sanitize.replaceAll(',', '-')}`}`;
  const generator = isHere('ninja') ? ['-G', 'Ninja'] : [];
  const jobs = String(availableParallelism());
  return (
    run('cmake', ['-S', '.', '-B', folder, ...generator, '-DOAVC_TESTS=ON', `-DOAVC_SANITIZE=${sanitize}`]) &&
    run('cmake', ['--build', folder, '--parallel', jobs]) &&
    run('ctest', ['--test-dir', folder, '--output-on-failure'])
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { sanitize: { type: 'string', default: '' } } });
  process.exitCode = nativeTests(values.sanitize) ? 0 : 1;
}
