/**
 * Probability of speech → started / stopped, with hysteresis. Counted in samples of the call, never in wall time, so
 * that a late worker hears the same as a punctual one.
 */

export interface GateOptions {
  startThreshold: number;
  stopThreshold: number;
  /** Speech shorter than this does not start. */
  minSpeechSamples: number;
  /** Silence after which speech has stopped. */
  hangoverSamples: number;
}

export type GateVerdict = 'silence' | 'maybe' | 'started' | 'speech' | 'stopped';

/** Feed one window after the other; positions are sample counts since the start of the call. */
export class SpeechGate {
  #speaking = false;
  #runSamples = 0;
  #quietSamples = 0;

  constructor(readonly options: GateOptions) {}

  get speaking(): boolean {
    return this.#speaking;
  }

  /** Samples of speech that have not become an utterance yet. */
  get runSamples(): number {
    return this.#speaking ? 0 : this.#runSamples;
  }

  push(probability: number, windowSamples: number): GateVerdict {
    return this.#speaking
      ? this.#whileSpeaking(probability, windowSamples)
      : this.#whileSilent(probability, windowSamples);
  }

  #whileSilent(probability: number, windowSamples: number): GateVerdict {
    if (probability < this.#bar()) {
      this.#runSamples = 0;
      return 'silence';
    }
    this.#runSamples += windowSamples;
    if (this.#runSamples < this.options.minSpeechSamples) return 'maybe';
    this.#speaking = true;
    this.#quietSamples = 0;
    return 'started';
  }

  /** A run that has begun may dip to the lower threshold. */
  #bar(): number {
    return this.#runSamples > 0 ? this.options.stopThreshold : this.options.startThreshold;
  }

  #whileSpeaking(probability: number, windowSamples: number): GateVerdict {
    this.#quietSamples = probability >= this.options.stopThreshold ? 0 : this.#quietSamples + windowSamples;
    if (this.#quietSamples < this.options.hangoverSamples) return 'speech';
    this.#speaking = false;
    this.#runSamples = 0;
    return 'stopped';
  }
}
