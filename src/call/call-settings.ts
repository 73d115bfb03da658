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
    readonly first: Readonly<CallSettings>,
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

  /**
   * A voice belongs to its language: a patch that changes the language and names no voice brings back the voice with
   * which the call began in that language, or the usual one of another.
   */
  completed(patch: Partial<CallSettings>): Partial<CallSettings> {
    const { language, voice } = patch;
    if (language === undefined || language === this.#now.language || voice !== undefined) return patch;
    return { ...patch, voice: language === this.first.language ? this.first.voice : '' };
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
