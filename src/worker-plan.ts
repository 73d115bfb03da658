/** Configuration and resolved engines → the worker threads to start. */
import { toolsets } from './call/tools.js';
import type { Config } from './config/schema.js';
import { grammarSchema } from './engines/llm/grammar-schema.js';
import { type ResolvedEngines, resolveTurnEngine } from './models/resolve.js';
import type { LanguageWords, TurnOptions, WorkerData, WorkerRole } from './pipeline/workers/protocol.js';

/** Spoken when an engine fails; an agent may have its own. */
const apologies: Readonly<Record<string, string>> = {
  en: 'I am sorry, something went wrong. Could you say that again?',
  tr: 'Özür dilerim, bir aksaklık oldu. Tekrar söyler misiniz?',
};

const phrases = (list: string, between = ','): string[] =>
  list
    .split(between)
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '');

const wordsIn = (turn: Config['turn'], language: 'en' | 'tr'): LanguageWords => ({
  backChannels: phrases(turn[`back_channels_${language}`]),
  commands: phrases(turn[`commands_${language}`]),
  unfinished: phrases(turn[`unfinished_${language}`]),
  complete: phrases(turn[`complete_${language}`]),
  idlePrompts: phrases(turn[`idle_prompts_${language}`], '|'),
  goodbye: turn[`idle_goodbye_${language}`],
});

const turnOptions = ({ turn, vad }: Config): TurnOptions => ({
  strategy: turn.strategy,
  silenceMs: turn.silence_ms,
  minSilenceMs: Math.min(turn.min_silence_ms, turn.silence_ms),
  maxSilenceMs: Math.max(turn.max_silence_ms, turn.silence_ms),
  smartThreshold: turn.smart_threshold,
  pauseMs: Math.min(turn.pause_ms, turn.silence_ms),
  expectSilenceMs: turn.expect_silence_ms,
  minSpeechMs: vad.min_speech_ms,
  startThreshold: vad.start_threshold,
  stopThreshold: Math.min(vad.stop_threshold, vad.start_threshold),
  bargeIn: turn.barge_in,
  bargeInWords: turn.barge_in_words,
  bargeInSpeechMs: turn.barge_in_speech_ms,
  bargeInDigits: turn.barge_in_digits,
  digitTimeoutMs: turn.digit_timeout_ms,
  digitEnd: turn.digit_end,
  idleMs: turn.idle_ms,
  words: { en: wordsIn(turn, 'en'), tr: wordsIn(turn, 'tr') },
  sttTimeoutMs: turn.stt_timeout_ms,
});

/** The configured apologies over the built-in ones. */
function apologiesOf(config: Config): Record<string, string> {
  const own = Object.values(config.agent).filter(({ apology }) => apology !== '');
  return { ...apologies, ...Object.fromEntries(own.map(({ language, apology }) => [language, apology])) };
}

/** Three characters to a token is a cautious share; prompt and answer need their own room. */
const historyCharacters = ({ llm }: Config): number =>
  Math.max(600, (llm.context_tokens - llm.max_tokens - Math.min(512, llm.context_tokens / 4)) * 3);

/** llama may have to answer: it holds the model to a tool's schema by a grammar, which cannot say all. */
const usesGrammar = ({ llm }: Config): boolean => llm.engine === 'llama' || llm.fallback === 'llama';

/** One entry for each worker thread: the speech workers, one language worker, the voice workers. */
export function planWorkers(config: Config, engines: ResolvedEngines): WorkerData[] {
  const shared = {
    logLevel: config.log.level,
    turn: turnOptions(config),
    turnEngine: resolveTurnEngine(config),
    apologies: apologiesOf(config),
    llmTimeoutMs: config.turn.llm_timeout_ms,
    ttsTimeoutMs: config.turn.tts_timeout_ms,
    historyCharacters: historyCharacters(config),
    prompts: Object.fromEntries(Object.entries(config.agent).map(([name, { prompt }]) => [name, prompt])),
    tools: toolsets(config, usesGrammar(config) ? grammarSchema : undefined),
    toolCalls: config.llm.tool_calls,
    speculate: config.llm.speculate,
    voiceLevelDb: config.tts.level_db,
  };
  const several = (role: WorkerRole, count: number): WorkerData[] =>
    Array.from({ length: count }, (_, index) => ({
      role,
      name: `${role}-${index + 1}`,
      engines: engines[role],
      ...shared,
    }));
  return [...several('speech', config.stt.workers), ...several('language', 1), ...several('voice', config.tts.workers)];
}
