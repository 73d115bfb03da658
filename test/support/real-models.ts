/**
 * The models that cannot be generated: where they lie, and whether a test that needs them runs. Without them it skips
 * and says so; with OAVC_REQUIRE_REAL=1 it does not skip, and so fails.
 */
import { locateIn, modelsDir } from '../../src/models/store.js';

export const modelsFolder = modelsDir({ models: { dir: process.env.OAVC_MODELS_DIR ?? '' } });

/** Value for node:test's `skip`. */
export function realOrSkip(...models: readonly string[]): string | false {
  if (process.env.OAVC_REQUIRE_REAL === '1') return false;
  const missing = models.filter((model) => locateIn(modelsFolder, model) === undefined);
  return missing.length === 0 ? false : `needs "oavc models get ${missing.join(' ')}"`;
}
