/** Fetches a wheel through the `pip` client: the operator's own index, proxy and certificates apply. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reasonOf } from '../errors.js';

const run = promisify(execFile);
const POLL_MS = 500;

export interface WheelRequest {
  package: string;
  version: string;
}

/** The wheel's path in `dir`; one that is there from an earlier try is used. Rejects with pip's own last line. */
export async function fetchWheel(
  wanted: WheelRequest,
  dir: string,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  await mkdir(dir, { recursive: true });
  const here = await findWheel(wanted, dir);
  const path = here ?? (await download(wanted, dir, onBytes, signal));
  onBytes((await stat(path)).size);
  return path;
}

async function findWheel({ package: name, version }: WheelRequest, dir: string): Promise<string | undefined> {
  const prefix = `${name.replace(/[-_.]+/g, '_')}-${version}-`.toLowerCase();
  const files = await readdir(dir);
  const file = files.find((candidate) => candidate.toLowerCase().startsWith(prefix) && candidate.endsWith('.whl'));
  return file === undefined ? undefined : join(dir, file);
}

/** pip tells no bytes to a program; it downloads below TMPDIR, so the size of that folder is the progress. */
async function download(
  wanted: WheelRequest,
  dir: string,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  const scratch = join(dir, 'scratch');
  await mkdir(scratch, { recursive: true });
  const watch = setInterval(() => void sizeOf(scratch).then(onBytes), POLL_MS);
  const requirement = `${wanted.package}==${wanted.version}`;
  const flags = ['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--disable-pip-version-check', '--quiet'];
  try {
    await run('python3', ['-m', 'pip', 'download', ...flags, '-d', dir, requirement], {
      env: { ...process.env, TMPDIR: scratch },
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw new Error(`pip could not fetch ${requirement}: ${lastLine(error)}`);
  } finally {
    clearInterval(watch);
  }
  const path = await findWheel(wanted, dir);
  if (path === undefined) throw new Error(`pip fetched ${requirement}, but left no wheel`);
  return path;
}

/** Bytes of all files below; those that vanish meanwhile count as nothing. */
async function sizeOf(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        (file) => file.size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** execFile's error carries what pip wrote; its last line says why. */
function lastLine(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return stderr.trim().split('\n').at(-1) || reasonOf(error);
}
