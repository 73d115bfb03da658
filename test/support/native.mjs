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

/** Runs and shows the end of what it said, or all of it when it failed. */
const quietly = (program, args) => {
  const { status, stdout } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(status === 0 ? `${stdout.trimEnd().split('\n').slice(-3).join('\n')}\n` : stdout);
  return status === 0;
};

const configure = (folder, sanitize) => {
  const generator = isHere('ninja') ? ['-G', 'Ninja'] : [];
  const args = ['-S', '.', '-B', folder, ...generator, '-DOAVC_TESTS=ON', `-DOAVC_SANITIZE=${sanitize}`];
  const { status, stdout = '', stderr = '' } = spawnSync('cmake', args, { cwd: root, encoding: 'utf8' });
  return { good: status === 0, output: `${stdout}${stderr}` };
};

/**
 * Configures, builds and runs. `sanitize` is a list as compilers take it, or ''. Returns 'passed', 'failed', or why
 * the tests cannot run on this machine.
 */
export function nativeTests(sanitize = '') {
  if (!isHere('cmake')) return 'CMake is not installed';
  const folder = `build-tests${sanitize === '' ? '' : `-${sanitize.replaceAll(',', '-')}`}`;
  const { good, output } = configure(folder, sanitize);
  if (!good && output.includes('GTest')) return 'GoogleTest is not installed (Debian: libgtest-dev)';
  if (!good) process.stderr.write(output);
  const jobs = String(availableParallelism());
  const passed =
    good &&
    run('cmake', ['--build', folder, '--parallel', jobs]) &&
    quietly('ctest', ['--test-dir', folder, '--output-on-failure']);
  return passed ? 'passed' : 'failed';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { sanitize: { type: 'string', default: '' } } });
  const outcome = nativeTests(values.sanitize);
  process.stdout.write(`native tests: ${outcome}\n`);
  process.exitCode = outcome === 'passed' ? 0 : 1;
}
