// Builds the addon to build/Release/oavc.node: with cmake-js where CMake is, else with node-gyp. npm runs it on install.
// Nothing is downloaded: the headers come from the package node-api-headers, or lie beside the running node.
//   node native/build.mjs [--force]        OAVC_BUILD=cmake|gyp forces one of the two
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const addon = join(root, 'build/Release/oavc.node');
const log = join(root, 'build/addon.log');
const tailLines = 40;

const stop = (message) => {
  console.error(`oavc: ${message}`);
  process.exit(1);
};

const runs = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** Newest change below the folders and files that the addon is made of. */
function newestSource(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestSource(join(path, name))));
}

function isFresh() {
  if (!existsSync(addon)) return false;
  const sources = ['native', 'CMakeLists.txt', 'binding.gyp'].map((name) => newestSource(join(root, name)));
  return statSync(addon).mtimeMs > Math.max(...sources);
}

/** Output goes to a log; its end is shown when the build fails. */
function run(command, args, environment = {}) {
  console.log(`oavc: building the addon with ${environment.OAVC_TOOL} (a minute or two)`);
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, CMAKE_BUILD_PARALLEL_LEVEL: '2', JOBS: '2', ...environment },
  });
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}`);
  if (result.status === 0 && existsSync(addon)) return;
  const text = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}`;
  console.error(text.split('\n').slice(-tailLines).join('\n'));
  stop(`the addon did not build; the whole log is ${log}`);
}

function withCmake() {
  const tool = join(root, 'node_modules/cmake-js/bin/cmake-js');
  if (!existsSync(tool) || !existsSync(join(root, 'node_modules/node-api-headers')))
    stop(
      'cmake-js or node-api-headers is missing: run "npm ci" with the development dependencies, or set OAVC_BUILD=gyp',
    );
  run(process.execPath, [tool, 'build', '--out', 'build/cmake', '--parallel', '2'], { OAVC_TOOL: 'cmake-js' });
}

/** npm names its node-gyp; outside npm it lies in npm's own folder. */
function findNodeGyp() {
  const require = createRequire(join(dirname(process.execPath), '../lib/node_modules/npm/package.json'));
  const places = [
    process.env.npm_config_node_gyp,
    join(dirname(process.execPath), '../share/nodejs/node-gyp/bin/node-gyp.js'),
  ];
  try {
    places.push(join(dirname(require.resolve('node-gyp/package.json')), 'bin/node-gyp.js'));
  } catch {
    // an npm without node-gyp: the other places remain
  }
  return places.find((place) => place && existsSync(place));
}

function withGyp() {
  const tool = findNodeGyp();
  if (!tool) stop('neither CMake nor node-gyp was found: apt-get install cmake, or install npm');
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
  run(process.execPath, [tool, 'configure', 'build', '--release', '--jobs', '2', ...headers], {
    OAVC_TOOL: 'node-gyp',
  });
}

function main() {
  if (!process.argv.includes('--force') && isFresh()) return;
  if (!runs(process.env.CXX ?? 'c++') && !runs('g++') && !runs('clang++'))
    stop('a C++20 compiler is missing: apt-get install build-essential cmake (Debian, Ubuntu)');
  const chosen = process.env.OAVC_BUILD ?? (runs('cmake') ? 'cmake' : 'gyp');
  if (chosen === 'cmake') withCmake();
  else if (chosen === 'gyp') withGyp();
  else stop(`OAVC_BUILD is cmake or gyp, not "${chosen}"`);
}

main();
