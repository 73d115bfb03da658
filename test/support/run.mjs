/**
 * `npm test`: compiles, runs every test under node:test, then the native ones where CMake is here, and says at the end
 * what was skipped and why. OAVC_FORBID_SKIPS=1 makes a skip a failure, for machines that have everything.
 * Arguments are folders or files below `test/` that select: `npm test -- config rtvi`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { nativeTests, run } from './native.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compiled = join(root, 'dist', 'test');

/** Compiled tests whose path begins with one of the selections (all without any), and whose source is still there. */
function testFiles(selections) {
  const files = readdirSync(compiled, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.js'),
  );
  const selected = (file) => selections.length === 0 || selections.some((selection) => file.startsWith(selection));
  const hasSource = (file) => existsSync(join(root, 'test', file.replace(/\.js$/, '.ts')));
  return files
    .filter((file) => selected(file) && hasSource(file))
    .sort()
    .map((file) => join(compiled, file));
}

/** Whole calls against the clock: they get the machine for themselves. */
const runsAlone = (file) => /^(system|demo|caller|web)\//.test(relative(compiled, file));

/** Runs the files; resolves with how many tests failed and which were skipped. */
async function runFiles(files, concurrency) {
  const skipped = [];
  let failed = 0;
  if (files.length === 0) return { failed, skipped };
  const stream = runTests({ files, concurrency });
  stream.on('test:fail', ({ todo }) => {
    if (todo === undefined) failed++;
  });
  stream.on('test:pass', ({ name, skip, file }) => {
    if (skip !== undefined) skipped.push({ name, why: skip === true || skip === '' ? 'no reason given' : skip, file });
  });
  const report = stream.compose(spec);
  report.pipe(process.stdout);
  await new Promise((resolve) => report.on('end', resolve));
  return { failed, skipped };
}

function tellSkips(skipped) {
  if (skipped.length === 0) return;
  process.stdout.write(`\nSKIPPED ${skipped.length}:\n`);
  for (const { name, why, file } of skipped)
    process.stdout.write(`  ${file ? `${relative(compiled, file)}: ` : ''}${name}: ${why}\n`);
}

const selections = process.argv.slice(2);
if (!run('npm', ['run', '--silent', 'build'])) process.exit(1);
const files = testFiles(selections);
if (files.length === 0) {
  process.stderr.write(`no test file below test/ begins with ${selections.join(' or ')}\n`);
  process.exit(1);
}
const together = await runFiles(
  files.filter((file) => !runsAlone(file)),
  2,
);
const alone = await runFiles(files.filter(runsAlone), 1);
const failed = together.failed + alone.failed;
const skipped = [...together.skipped, ...alone.skipped];
const native = selections.length === 0 ? nativeTests() : 'passed';
if (native !== 'passed' && native !== 'failed') skipped.push({ name: 'native tests', why: native });
tellSkips(skipped);
const forbidden = process.env.OAVC_FORBID_SKIPS === '1' && skipped.length > 0;
if (forbidden) process.stderr.write('skips are forbidden here (OAVC_FORBID_SKIPS)\n');
process.exit(failed > 0 || native === 'failed' || forbidden ? 1 : 0);
