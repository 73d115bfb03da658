/** The models folder: where models lie on this machine, and whether they are whole. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import { fault } from '../errors.js';
import { modelNamed } from './catalog.js';
import { readSums, sha256Of } from './checksum.js';

/** Written last into a model's folder: the sums of the files as they lie there. */
export const MANIFEST = 'manifest.json';
/** Sums of what was fetched without a known one; see checksum.ts. */
export const SUMS_LOCK = 'checksums.lock.json';

/** `[models] dir`, else oavc/models in the user's data folder (XDG base directories). */
export function modelsDir(config: Pick<Config, 'models'>): string {
  if (config.models.dir !== '') return config.models.dir;
  return join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'oavc', 'models');
}

export interface LocatedModel {
  name: string;
  dir: string;
  /** Path of one of its files. */
  file(name: string): string;
}

/** The model as it lies in the folder `dir` of models; undefined when it is not (wholly) there. */
export function locateIn(dir: string, name: string): LocatedModel | undefined {
  const place = join(dir, name);
  if (!existsSync(join(place, MANIFEST))) return undefined;
  return { name, dir: place, file: (file) => join(place, file) };
}

/** A model of the catalogue that must be here. Throws MODEL_UNKNOWN or MODEL_MISSING. */
export function located(dir: string, name: string): LocatedModel {
  const model = locateIn(dir, modelNamed(name).name);
  if (model === undefined) throw fault('MODEL_MISSING', name);
  return model;
}

/** Hashes every file again. Rejects with MODEL_MISSING or MODEL_CHECKSUM. */
export async function verify(dir: string, name: string): Promise<void> {
  const model = locateIn(dir, name);
  if (model === undefined) throw fault('MODEL_MISSING', name);
  for (const [file, expected] of Object.entries(await readSums(model.file(MANIFEST)))) {
    const got = await sha256Of(model.dir, file).catch(() => 'nothing readable');
    if (got !== expected) throw fault('MODEL_CHECKSUM', model.file(file), expected, got);
  }
}
