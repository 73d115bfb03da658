/** A caller who says nothing while the bot waits is asked, asked again, and then let go. Counted in heard audio. */

export interface SilenceOptions {
  /** Silence of both sides after which something happens; 0 for never. */
  idleMs: number;
  /** How often he is asked before the goodbye. */
  prompts: number;
}

/** `ask` with the number of the prompt, from 0. */
export type SilenceStep = { step: 'ask'; prompt: number } | { step: 'goodbye' };

export class CallerSilence {
  #quietMs = 0;
  #asked = 0;

  constructor(readonly options: SilenceOptions) {}

  /** How often he was asked since he last answered. */
  get asked(): number {
    return this.#asked;
  }

  /** So much more audio was heard; `busy` while anybody speaks, thinks, presses keys, or the call is on hold. */
  tick(elapsedMs: number, busy: boolean): SilenceStep | undefined {
    this.#quietMs = busy ? 0 : this.#quietMs + elapsedMs;
    const { idleMs, prompts } = this.options;
    if (idleMs === 0 || this.#quietMs < idleMs || this.#asked > prompts) return undefined;
    this.#quietMs = 0;
    const prompt = this.#asked++;
    return prompt < prompts ? { step: 'ask', prompt } : { step: 'goodbye' };
  }

  /** He said or did something. */
  answered(): void {
    this.#asked = 0;
    this.#quietMs = 0;
  }
}
