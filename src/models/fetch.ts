/**
 * Brings a model into the models folder: sources in order, checksums, one conversion, then a rename, so that a model
 * is there whole or not at all. Everything unfinished lies below `.staging` and is used again by the next try. Two
 * processes that want the same model take turns; the second finds it done.
 */
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lock } from 'proper-lockfile';
import { fault, OavcError, reasonOf } from '../errors.js';
import { modelNamed } from './catalog.js';
import { readSums, sha256Of, writeSums } from './checksum.js';
import { convert } from './convert.js';
import type { Model, ModelFile } from './model.js';
import { fetchSource } from './source.js';
import { type LocatedModel, locateIn, MANIFEST, SUMS_LOCK } from './store.js';

const MB = 1_000_000;

export interface Progress {
  model: string;
  bytes: number;
  /** As the catalogue has it: an estimate where we have not fetched the model ourselves. */
  totalBytes: number;
}

export interface FetchOptions {
  /** The folder of models. */
  dir: string;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
  /** Free bytes of a folder's disk. */
  freeBytes?: (dir: string) => Promise<number>;
  /** Where names of needed models are looked up. */
  models?: readonly Model[];
}

/** Fetches a model and what it needs. Rejects with MODEL_UNKNOWN, MODEL_DISK, MODEL_CHECKSUM or MODEL_SOURCE. */
export async function fetchModel(name: string, options: FetchOptions): Promise<LocatedModel> {
  const model = modelNamed(name, options.models);
  for (const needed of model.needs ?? []) await fetchModel(needed, options);
  return locateIn(options.dir, name) ?? (await locked(model, options, () => fetchHere(model, options)));
}

/** Holds the model's lock; a process that died with it loses it after ten seconds (proper-lockfile's stale). */
async function locked(model: Model, { dir }: FetchOptions, work: () => Promise<void>): Promise<LocatedModel> {
  const staging = join(dir, '.staging');
  await mkdir(staging, { recursive: true });
  const release = await lock(join(staging, model.name), {
    realpath: false, // the model's own folder there comes and goes with whoever holds the lock
    retries: { forever: true, minTimeout: 100, maxTimeout: 1000 },
  });
  try {
    if (locateIn(dir, model.name) === undefined) await work();
  } finally {
    await release();
  }
  return located(dir, model.name);
}

function located(dir: string, name: string): LocatedModel {
  const model = locateIn(dir, name);
  if (model === undefined) throw fault('MODEL_MISSING', name);
  return model;
}

async function fetchHere(model: Model, options: FetchOptions): Promise<void> {
  const staging = join(options.dir, '.staging', model.name);
  await requireDisk(model, options);
  const files = join(staging, 'files');
  await mkdir(files, { recursive: true });
  const report = progressOf(model, options.onProgress);
  for (const file of model.files) await fetchFile(model, file, staging, options, report);
  if (model.conversion !== undefined) await convert(model.conversion, files);
  await writeManifest(files);
  await rename(files, join(options.dir, model.name));
  await rm(staging, { recursive: true, force: true });
}

async function requireDisk(model: Model, { dir, freeBytes = freeBytesOf }: FetchOptions): Promise<void> {
  const needed = model.downloadBytes + model.diskBytes;
  const free = await freeBytes(dir);
  if (free < needed) throw fault('MODEL_DISK', Math.ceil(needed / MB), Math.floor(free / MB));
}

async function freeBytesOf(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/** Adds up the downloads of a model: each has a key, and tells its own bytes so far. */
function progressOf(model: Model, onProgress?: (progress: Progress) => void): (key: string, bytes: number) => void {
  const downloads = new Map<string, number>();
  return (key, bytes) => {
    downloads.set(key, Math.max(bytes, downloads.get(key) ?? 0));
    const sum = [...downloads.values()].reduce((total, part) => total + part, 0);
    onProgress?.({ model: model.name, bytes: sum, totalBytes: Math.max(model.downloadBytes, sum) });
  };
}

/** Tries the sources in order until a file has the right sum. */
async function fetchFile(
  model: Model,
  file: ModelFile,
  staging: string,
  { dir, signal }: FetchOptions,
  report: (key: string, bytes: number) => void,
): Promise<void> {
  const files = join(staging, 'files');
  if (await isRight(dir, model, file, files)) return;
  const failures: unknown[] = [];
  for (const source of file.sources) {
    try {
      await rm(join(files, file.name), { recursive: true, force: true });
      await fetchSource(source, join(files, file.name), staging, report, signal);
      return await checkSum(dir, model, file, files);
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(error);
    }
  }
  const [first] = failures;
  if (failures.length === 1 && first instanceof OavcError) throw first;
  throw fault('MODEL_SOURCE', model.name, failures.map(reasonOf).join('; ') || 'it has no source');
}

const keyOf = (model: Model, file: ModelFile): string => `${model.name}/${file.name}`;

/** A file that an earlier try has left is used when its sum is known and right. */
async function isRight(dir: string, model: Model, file: ModelFile, files: string): Promise<boolean> {
  const expected = file.sha256 ?? (await readSums(join(dir, SUMS_LOCK)))[keyOf(model, file)];
  return expected !== undefined && (await sha256Of(files, file.name).catch(() => '')) === expected;
}

/** Throws MODEL_CHECKSUM, and takes the wrong file away; a sum that nobody knew is written into the lock file. */
async function checkSum(dir: string, model: Model, file: ModelFile, files: string): Promise<void> {
  const got = await sha256Of(files, file.name);
  const sums = join(dir, SUMS_LOCK);
  const expected = file.sha256 ?? (await readSums(sums))[keyOf(model, file)];
  if (expected === got) return;
  if (expected === undefined) return rememberSum(sums, keyOf(model, file), got);
  await rm(join(files, file.name), { recursive: true, force: true });
  throw fault('MODEL_CHECKSUM', keyOf(model, file), expected, got);
}

/** Processes that fetch different models share this file. */
async function rememberSum(path: string, key: string, sum: string): Promise<void> {
  const release = await lock(dirname(path), {
    lockfilePath: `${path}.lock`,
    retries: { forever: true, minTimeout: 20 },
  });
  try {
    await writeSums(path, { ...(await readSums(path)), [key]: sum });
  } finally {
    await release();
  }
}

async function writeManifest(files: string): Promise<void> {
  const entries = await readdir(files, { withFileTypes: true });
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  const sums = await Promise.all(names.map(async (name) => [name, await sha256Of(files, name)] as const));
  await writeSums(join(files, MANIFEST), Object.fromEntries(sums));
}
