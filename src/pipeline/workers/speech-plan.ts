/** From the options of turn-taking and the settings of one call to the machines that decide, in the language in force. */
import type { CallSettings } from '../services.js';
import { AdaptiveEndOfTurn, SmartEndOfTurn } from '../turn/adaptive.js';
import { BargeInJudge } from '../turn/barge-in.js';
import { type EndOfTurn, silenceEndOfTurn } from '../turn/end-of-turn.js';
import { ExpectedDigits } from '../turn/expected-digits.js';
import type { GateOptions } from '../turn/speech-gate.js';
import type { TurnMachineOptions } from '../turn/turn-machine.js';
import type { LanguageWords, TurnOptions } from './protocol.js';
import { samplesOf } from './turn-clock.js';

const noWords: LanguageWords = {
  backChannels: [],
  commands: [],
  unfinished: [],
  complete: [],
  idlePrompts: [],
  goodbye: '',
};

const wordsOf = (turn: TurnOptions, { language }: CallSettings): LanguageWords => turn.words[language] ?? noWords;

export const gateOptions = (turn: TurnOptions): GateOptions => ({
  startThreshold: turn.startThreshold,
  stopThreshold: turn.stopThreshold,
  minSpeechSamples: samplesOf(turn.minSpeechMs),
  hangoverSamples: samplesOf(turn.pauseMs),
});

function judgeFor(turn: TurnOptions, settings: CallSettings): BargeInJudge {
  const { backChannels, commands } = wordsOf(turn, settings);
  const options = { words: turn.bargeInWords, speechMs: turn.bargeInSpeechMs, backChannels, commands };
  return new BargeInJudge(options, settings.language);
}

/** The strategy of the configuration, and around it the slot for an expected number. */
function endOfTurnFor(turn: TurnOptions, settings: CallSettings): ExpectedDigits {
  const silences = { missingMs: turn.expectSilenceMs, completeMs: turn.pauseMs };
  return new ExpectedDigits(strategyFor(turn, settings), silences, settings.language);
}

function strategyFor(turn: TurnOptions, settings: CallSettings): EndOfTurn {
  const bounds = { silenceMs: turn.silenceMs, leastMs: turn.minSilenceMs, mostMs: turn.maxSilenceMs };
  const language = { ...wordsOf(turn, settings), language: settings.language };
  switch (turn.strategy) {
    case 'silence':
      return silenceEndOfTurn(turn.silenceMs);
    case 'adaptive':
      return new AdaptiveEndOfTurn(bounds, language);
    case 'smart':
      return new SmartEndOfTurn(bounds, language, turn.smartThreshold);
  }
}

export class SpeechPlan implements TurnMachineOptions {
  #settings: CallSettings;
  #endOfTurn: ExpectedDigits;
  #judge: BargeInJudge;

  constructor(
    readonly turn: TurnOptions,
    settings: CallSettings,
    expectDigits: number,
  ) {
    this.#settings = settings;
    this.#endOfTurn = endOfTurnFor(turn, settings);
    this.#judge = judgeFor(turn, settings);
    this.expectDigits = expectDigits;
  }

  get bargeIn(): boolean {
    return this.turn.bargeIn;
  }
  get settings(): CallSettings {
    return this.#settings;
  }
  get endOfTurn(): EndOfTurn {
    return this.#endOfTurn;
  }
  get judge(): BargeInJudge {
    return this.#judge;
  }
  get words(): LanguageWords {
    return wordsOf(this.turn, this.#settings);
  }
  get expectDigits(): number {
    return this.#endOfTurn.count;
  }
  set expectDigits(count: number) {
    this.#endOfTurn.count = count;
  }

  /** Another language has machines of its own: what was learnt of the caller's pauses is learnt anew. */
  update(patch: Partial<CallSettings>): void {
    this.#settings = { ...this.#settings, ...patch };
    if (patch.language === undefined) return;
    const { count } = this.#endOfTurn;
    this.#endOfTurn = endOfTurnFor(this.turn, this.#settings);
    this.#endOfTurn.count = count;
    this.#judge = judgeFor(this.turn, this.#settings);
  }
}
