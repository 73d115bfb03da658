/** SHA-256 of files and folders, and the lock file that holds later fetches to the first one. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Of the lines `sha256  path` of all files in it, sorted by path: the same on every machine. */
export async function sha256OfFolder(path: string): Promise<string> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${await sha256OfFile(join(path, file))}  ${file}\n`);
  return hash.digest('hex');
}

/** Of a file, or of a folder where the name ends with a slash. */
export const sha256Of = (dir: string, name: string): Promise<string> =>
  name.endsWith('/') ? sha256OfFolder(join(dir, name)) : sha256OfFile(join(dir, name));

/** Sums by key; an absent or unreadable file holds none. */
export async function readSums(path: string): Promise<Record<string, string>> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Replaces the file in one step, so that nobody reads half of it. */
export async function writeSums(path: string, sums: Readonly<Record<string, string>>): Promise<void> {
  const ordered = Object.fromEntries(Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1)));
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, `${JSON.stringify(ordered, null, 2)}\n`);
  await rename(fresh, path);
}
