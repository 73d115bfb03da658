/**
 * Vosk models of this thread, each loaded once and counted. libvosk counts too: a recogniser keeps its model alive, so
 * a model may be released while streams are being freed.
 */
import { fault } from '../../errors.js';
import { inBackground, type Libvosk } from './libvosk.js';

/** One user's hold on a model. */
export interface ModelHold {
  /** The model's address, never null. Throws ENGINE_FAILED after `release`. */
  handle(): bigint;
  release(): void;
}

export class VoskModels {
  readonly #models = new Map<string, { loaded: Promise<bigint>; holds: number }>();
  constructor(readonly library: Libvosk) {}

  /** Loads the model in `path`, or shares it. Throws ENGINE_FAILED. */
  async hold(path: string): Promise<ModelHold> {
    const entry = this.#models.get(path) ?? { loaded: this.#load(path), holds: 0 };
    entry.holds++;
    this.#models.set(path, entry);
    const model = await entry.loaded.catch((error) => {
      this.#models.delete(path);
      throw error;
    });
    return this.#holdOn(path, model);
  }

  #holdOn(path: string, model: bigint): ModelHold {
    let held = true;
    return {
      handle: () => {
        if (held) return model;
        throw fault('ENGINE_FAILED', 'vosk', 'it is closed');
      },
      release: () => {
        if (held) this.#release(path, model);
        held = false;
      },
    };
  }

  async #load(path: string): Promise<bigint> {
    const model = await inBackground(this.library.modelNew, path);
    if (model === null) throw fault('ENGINE_FAILED', 'vosk', `there is no usable model in ${path}`);
    return model;
  }

  #release(path: string, model: bigint): void {
    const entry = this.#models.get(path);
    if (entry === undefined || --entry.holds > 0) return;
    this.#models.delete(path);
    this.library.modelFree(model);
  }
}
