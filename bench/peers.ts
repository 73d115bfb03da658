/** Peers from npm lie outside the program's own packages; `bench/README.md` has the command that installs them. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Absent } from './bench.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const peersFolder = process.env.OAVC_BENCH_PEERS ?? join(root, 'build-bench/peers');

/** The package's exports, or why it is not there. */
export function loadPeer(name: string): unknown | Absent {
  if (!existsSync(join(peersFolder, 'node_modules', name)))
    return { absent: `${name} is not installed (bench/README.md)` };
  try {
    return createRequire(join(peersFolder, 'package.json'))(name);
  } catch (thrown) {
    return { absent: `${name} does not load: ${thrown instanceof Error ? thrown.message.split('\n')[0] : thrown}` };
  }
}
