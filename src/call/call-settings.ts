/** The settings in force in one call, and who changed them when. */
import { epochSeconds } from '../clock.js';
import type { SettingChange } from '../pipeline/events.js';
import type { CallSettings } from '../pipeline/services.js';
import type { ConfigChange } from './control.js';
import { changesOf, checkPatch } from './settings.js';

const historyLimit = 200;

export interface KnownChoices {
  languages: readonly string[];
  voicesOf(language: string): readonly string[];
}

export class SettingsInForce {
  readonly #history: ConfigChange[] = [];
  #now: CallSettings;

  constructor(
    first: CallSettings,
    readonly known: KnownChoices,
  ) {
    this.#now = first;
  }

  get now(): Readonly<CallSettings> {
    return this.#now;
  }

  /** The newest two hundred at most. */
  get history(): readonly ConfigChange[] {
    return this.#history;
  }

  /** Returns what the patch really changes; throws OPTION_INVALID for what no engine has, and then changes nothing. */
  update(patch: Partial<CallSettings>, origin: string): SettingChange[] {
    checkPatch(patch, this.known.languages, this.known.voicesOf(patch.language ?? this.#now.language));
    const changes = changesOf(this.#now, patch);
    if (changes.length === 0) return changes;
    this.#now = { ...this.#now, ...patch };
    this.#history.push({ at: epochSeconds(), origin, changes });
    if (this.#history.length > historyLimit) this.#history.shift();
    return changes;
  }
}
