/**
 * Does the bot hear itself? Speech over the bot pauses it, and an echo then ends with it, while a caller goes on. When
 * that happened three times in a row, the line is taken to echo: what is not clearly louder than the echo does not
 * pause the bot any more, until words show that it was the caller.
 */
import type { BotSpeech } from './barge-in.js';

/** Speech that goes on for longer after the pause than any echo comes back. */
const longestEchoMs = 600;
/** Such events in a row that make it an echo. */
const needed = 3;
/** So much louder than the echo is the caller: 6 dB. */
const clearly = 2;

export class EchoWatch {
  #inRow = 0;
  #echoRms = 0;
  /** Of the sound over the bot that is being heard. */
  #loudestRms = 0;

  /** A window of sound over the bot; 0 for silence, which ends it. */
  hear(rms: number): void {
    this.#loudestRms = rms === 0 ? 0 : Math.max(this.#loudestRms, rms);
  }

  /** It was no interruption, had no words but the bot's, and went on so long after the pause. */
  rejected(afterPauseMs: number): void {
    if (afterPauseMs > longestEchoMs) return this.confirmed();
    this.#inRow++;
    this.#echoRms = Math.max(this.#echoRms, this.#loudestRms);
  }

  /** It was the caller. */
  confirmed(): void {
    this.#inRow = 0;
    this.#echoRms = 0;
  }

  get verdict(): BotSpeech['echo'] {
    if (this.#inRow < needed) return 'unknown';
    return this.#loudestRms > this.#echoRms * clearly ? 'unlikely' : 'likely';
  }
}
