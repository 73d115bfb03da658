/**
 * `npm test`: compiles, runs every test under node:test, then the native ones where CMake is here, and says at the end
 * what was skipped and why. OAVC_FORBID_SKIPS=1 makes a skip a failure, for machines that have everything.
 * Arguments are folders or files below `test/` that select: `npm test -- config rtvi`.
 */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { isHere, nativeTests, run } from './native.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compiled = join(root, 'dist', 'test');

/** Compiled test files whose path begins with one of the selections; all without any. */
function testFiles(selections) {
  const files = readdirSync(compiled, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.js'),
  );
  const wanted = (file) => selections.length === 0 || selections.some((selection) => file.startsWith(selection));
  return files
    .filter(wanted)
    .sort()
    .map((file) => join(compiled, file));
}

/** Runs the files two at a time; resolves with how many tests failed and which were skipped. */
async function runFiles(files) {
  const skipped = [];
  let failed = 0;
  const stream = runTests({ files, concurrency: 2 });
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
if (!run('npx', ['--no-install', 'tsc', '-p', 'tsconfig.json'])) process.exit(1);
const files = testFiles(selections);
if (files.length === 0) {
  process.stderr.write(`no test file below test/ begins with ${selections.join(' or ')}\n`);
  process.exit(1);
}
const { failed, skipped } = await runFiles(files);
let nativeGood = true;
if (selections.length === 0) {
  if (isHere('cmake')) nativeGood = nativeTests();
  else skipped.push({ name: 'native tests', why: 'CMake is not installed' });
}
tellSkips(skipped);
const forbidden = process.env.OAVC_FORBID_SKIPS === '1' && skipped.length > 0;
if (forbidden) process.stderr.write('skips are forbidden here (OAVC_FORBID_SKIPS)\n');
process.exit(failed > 0 || !nativeGood || forbidden ? 1 : 0);
