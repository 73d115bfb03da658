/** From the options of turn-taking to the machines of one call. */
import type { CallSettings } from '../services.js';
import { AdaptiveEndOfTurn, SmartEndOfTurn } from '../turn/adaptive.js';
import { BargeInJudge } from '../turn/barge-in.js';
import { type EndOfTurn, silenceEndOfTurn } from '../turn/end-of-turn.js';
import { ExpectedDigits } from '../turn/expected-digits.js';
import type { GateOptions } from '../turn/speech-gate.js';
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

export const wordsOf = (turn: TurnOptions, { language }: Pick<CallSettings, 'language'>): LanguageWords =>
  turn.words[language] ?? noWords;

export const gateOptions = (turn: TurnOptions): GateOptions => ({
  startThreshold: turn.startThreshold,
  stopThreshold: turn.stopThreshold,
  minSpeechSamples: samplesOf(turn.minSpeechMs),
  hangoverSamples: samplesOf(turn.pauseMs),
});

export function judgeFor(turn: TurnOptions, settings: CallSettings): BargeInJudge {
  const { backChannels, commands } = wordsOf(turn, settings);
  const options = { words: turn.bargeInWords, speechMs: turn.bargeInSpeechMs, backChannels, commands };
  return new BargeInJudge(options, settings.language);
}

/** The strategy of the configuration, and around it the slot for an expected number. */
export function endOfTurnFor(turn: TurnOptions, settings: CallSettings): ExpectedDigits {
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
