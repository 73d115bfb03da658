/**
 * From configuration and models folder to what the engines want: a name and paths. A model is a name of the
 * catalogue, or a path of the operator's own.
 */
import { isAbsolute, join } from 'node:path';
import type { Config } from './config/schema.js';
import { fault } from './errors.js';
import { catalog } from './models/catalog.js';
import { type LocatedModel, located, modelsDir } from './models/store.js';
import type { EngineChoice } from './pipeline/workers/protocol.js';

/** Engine by language. */
export type ChoiceByLanguage = Record<string, EngineChoice>;
export interface EngineChoices {
  stt: ChoiceByLanguage;
  llm: ChoiceByLanguage;
  tts: ChoiceByLanguage;
}

/** The languages that agents speak, each once. */
export const languagesOf = (config: Config): string[] => [
  ...new Set(Object.values(config.agent).map(({ language }) => language)),
];

/** Throws MODEL_UNKNOWN or MODEL_MISSING for the first model that is not here. */
export function engineChoices(config: Config): EngineChoices {
  const byLanguage = (choose: (language: string) => EngineChoice): ChoiceByLanguage =>
    Object.fromEntries(languagesOf(config).map((language) => [language, choose(language)]));
  return {
    stt: byLanguage((language) => sttChoice(config, language)),
    llm: { '*': llmChoice(config) },
    tts: byLanguage((language) => ttsChoice(config, language)),
  };
}

/** Names of the catalogue that a configuration needs; models given by path are not among them. */
export function neededModels(config: Config): string[] {
  const names = languagesOf(config).flatMap((language) => [sttModel(config, language), ttsModel(config, language)]);
  const all = [...names, config.llm.engine === 'llama' ? config.llm.model : ''];
  return [...new Set(all.filter((name) => name !== '' && !isPath(name)))];
}

const isPath = (name: string): boolean => isAbsolute(name) || /^\.{1,2}\//.test(name) || name.endsWith('.gguf');
const find = (config: Config, name: string): LocatedModel => located(modelsDir(config), name);

/** A file of a catalogue's model, or of a folder of the operator's. */
const fileOf = (config: Config, model: string, file: string): string =>
  isPath(model) ? join(model, file) : find(config, model).file(file);

/** The name or path of the recogniser's model; empty where the engine needs none. */
function sttModel({ stt }: Config, language: string): string {
  if (stt.engine === 'scripted') return '';
  const own = { en: stt.model_en, tr: stt.model_tr }[language] || stt.model;
  return own || firstOf('speech', stt.engine, language);
}

/** The voice of a language: the setting of the language, or the one for all. */
function ttsModel({ tts }: Config, language: string): string {
  if (tts.engine !== 'piper') return '';
  return { en: tts.voice_en, tr: tts.voice_tr }[language] || tts.voice || firstOf('voice', tts.engine, language);
}

function firstOf(role: 'speech' | 'voice', engine: string, language: string): string {
  const fits = catalog.filter((model) => model.role === role && model.engine === engine);
  const found = fits.find(({ languages }) => languages.includes(language));
  if (found) return found.name;
  const known = [...new Set(fits.flatMap(({ languages }) => languages))].join(', ');
  throw fault(
    'NOT_SUPPORTED',
    `${role} in ${language} with ${engine}`,
    `the catalogue has only ${known}; give a model`,
  );
}

function sttChoice(config: Config, language: string): EngineChoice {
  const { engine, threads } = config.stt;
  const model = sttModel(config, language);
  if (engine === 'scripted') return { name: engine, options: {} };
  if (engine === 'vosk')
    return { name: engine, options: { model: isPath(model) ? model : fileOf(config, model, 'model') } };
  const files = { encoder: 'encoder.ort', decoder: 'decoder.ort', tokens: 'tokens.txt' };
  const paths = Object.entries(files).map(([option, file]) => [option, fileOf(config, model, file)]);
  return { name: engine, options: { ...Object.fromEntries(paths), threads } };
}

function llmChoice(config: Config): EngineChoice {
  const { engine, model, context_tokens: contextTokens, sequences, threads } = config.llm;
  if (engine === 'scripted') return { name: engine, options: { sequences } };
  const path = isPath(model) ? model : fileOf(config, model, 'model.gguf');
  return { name: engine, options: { model: path, contextTokens, sequences, threads } };
}

/** The voice of a language. Throws MODEL_UNKNOWN or MODEL_MISSING. */
export function ttsChoice(config: Config, language: string): EngineChoice {
  const { engine, threads } = config.tts;
  if (engine === 'espeak') return { name: engine, options: { voice: language } };
  if (engine === 'scripted') return { name: engine, options: {} };
  const voice = ttsModel(config, language);
  return {
    name: engine,
    options: {
      model: fileOf(config, voice, 'voice.onnx'),
      tokens: fileOf(config, voice, 'tokens.txt'),
      dataDir: find(config, 'espeak-ng-data').file('data'),
      threads,
    },
  };
}
