/**
 * From the configuration's sections to engines with the paths of their models. A model is a name of the catalogue, or
 * a path on this machine.
 */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Config } from '../config/schema.js';
import type { EngineOptions } from '../engines/engine.js';
import { fault } from '../errors.js';
import type { EngineChoice } from '../pipeline/workers/protocol.js';
import { catalog, modelNamed } from './catalog.js';
import type { Model } from './model.js';
import { scriptedOptions } from './scripted-options.js';
import { located, modelsDir } from './store.js';

export type EngineSections = Pick<Config, 'stt' | 'llm' | 'tts' | 'models'>;

export interface ResolvedEngines {
  /** By language. */
  speech: Record<string, EngineChoice>;
  language: Record<'*', EngineChoice>;
  /** By language. */
  voice: Record<string, EngineChoice>;
}

/** Throws MODEL_UNKNOWN, MODEL_MISSING, or NOT_SUPPORTED where an engine has no model for a language. */
export function resolveEngines(config: EngineSections, languages: readonly string[]): ResolvedEngines {
  const byLanguage = (choose: (language: string) => EngineChoice): Record<string, EngineChoice> =>
    Object.fromEntries(languages.map((language) => [language, choose(language)]));
  return {
    speech: byLanguage((language) => speechEngine(config, language)),
    language: { '*': languageEngine(config) },
    voice: byLanguage((language) => voiceEngine(config, language)),
  };
}

/** Names of the catalogue's models that the configuration wants: what `models get` and `check` look at. */
export function wantedModels(config: EngineSections, languages: readonly string[]): string[] {
  const names = languages.flatMap((language) => [speechModel(config, language), voiceModel(config, language)]);
  if (config.llm.engine === 'llama' || config.llm.fallback === 'llama') names.push(config.llm.model);
  const known = catalog.filter((model) => names.includes(model.name));
  return [...new Set(known.flatMap((model) => [...(model.needs ?? []), model.name]))];
}

/** The model of the strategy `smart`, where that is chosen. Throws MODEL_UNKNOWN or MODEL_MISSING. */
export function resolveTurnEngine(config: Pick<Config, 'turn' | 'models'>): EngineChoice | undefined {
  const { strategy, smart_model: model } = config.turn;
  if (strategy !== 'smart') return undefined;
  const path = isPath(model) ? present(model) : located(modelsDir(config), model).file('model.onnx');
  return { name: 'smart-turn', options: { model: path } };
}

const isPath = (model: string): boolean => isAbsolute(model) || model.startsWith('.');

function speechEngine(config: EngineSections, language: string): EngineChoice {
  const { engine, threads } = config.stt;
  if (engine === 'scripted') return { name: engine, options: scriptedOptions(config.stt.model, 'texts') };
  if (engine === 'vosk-server' || engine === 'openai') {
    const { url, remote_model: remote, key_env: keyVariable } = config.stt;
    return { name: engine, options: { url, model: remote, keyVariable, language } };
  }
  const model = speechModel(config, language) ?? none('speech', engine, language, `stt.model_${language}`);
  const options = isPath(model) ? speechOptions(engine, model, join(model)) : fromCatalog(config, engine, model);
  return { name: engine, options: engine === 'vosk' ? { ...options, language } : { ...options, threads } };
}

/** The option of the language, the one for all, or the catalogue's first for engine and language. */
function speechModel({ stt }: EngineSections, language: string): string | undefined {
  if (stt.engine === 'scripted') return undefined;
  const own = language === 'en' ? stt.model_en : language === 'tr' ? stt.model_tr : '';
  return own || stt.model || firstOf(stt.engine, language);
}

/** The engine, and behind a remote one the engine that stands in for it. */
function languageEngine(config: EngineSections): EngineChoice {
  const { engine, url, remote_model: model, key_env: keyVariable, sequences, fallback } = config.llm;
  if (engine !== 'openai') return localLanguageEngine(config, engine);
  const remote = { name: engine, options: { url, model, keyVariable, sequences } };
  return fallback === 'none' ? remote : { ...remote, fallback: localLanguageEngine(config, fallback) };
}

function localLanguageEngine(config: EngineSections, engine: 'llama' | 'scripted'): EngineChoice {
  const { model, threads, sequences } = config.llm;
  if (engine === 'scripted') return { name: engine, options: { ...scriptedOptions(model), sequences } };
  const options = isPath(model) ? { model: present(model) } : fromCatalog(config, engine, model);
  return { name: engine, options: { ...options, threads, sequences, contextTokens: config.llm.context_tokens } };
}

function voiceEngine(config: EngineSections, language: string): EngineChoice {
  const { engine, threads } = config.tts;
  if (engine === 'scripted') return { name: engine, options: scriptedOptions(config.tts.voice) };
  if (engine === 'espeak') return { name: engine, options: { voice: language } };
  if (engine === 'piper-http') return { name: engine, options: remoteVoice(config, language) };
  const voice = voiceModel(config, language) ?? none('a voice', engine, language, `tts.voice_${language}`);
  const options = isPath(voice) ? piperFiles(config, present(voice)) : fromCatalog(config, engine, voice);
  return { name: engine, options: { ...options, threads } };
}

/** `tts.voice` when it speaks the language, else the option of the language, else the catalogue's first. */
function voiceModel({ tts }: EngineSections, language: string): string | undefined {
  if (tts.engine !== 'piper') return undefined;
  const speaks = isPath(tts.voice) || modelNamedOrNone(tts.voice)?.languages.includes(language);
  if (tts.voice !== '' && speaks) return tts.voice;
  const own = language === 'en' ? tts.voice_en : language === 'tr' ? tts.voice_tr : '';
  return own || firstOf('piper', language);
}

/** The server has its own names: those of the catalogue fit them. */
function remoteVoice({ tts }: EngineSections, language: string): EngineOptions {
  const own = language === 'en' ? tts.voice_en : language === 'tr' ? tts.voice_tr : '';
  return { url: tts.url, keyVariable: tts.key_env, voice: tts.voice || own };
}

const modelNamedOrNone = (name: string): Model | undefined => (name === '' ? undefined : modelNamed(name));

const firstOf = (engine: string, language: string): string | undefined =>
  catalog.find((model) => model.engine === engine && model.languages.includes(language))?.name;

function none(what: string, engine: string, language: string, option: string): never {
  throw fault(
    'NOT_SUPPORTED',
    `${what} in ${language}`,
    `${engine} has no model for it; set ${option} or another engine`,
  );
}

/** Throws MODEL_MISSING. */
function present(path: string): string {
  if (!existsSync(path)) throw fault('MODEL_MISSING', path);
  return path;
}

function fromCatalog(config: EngineSections, engine: string, name: string): EngineOptions {
  const model = modelNamed(name);
  if (model.engine !== engine)
    throw fault('NOT_SUPPORTED', `model ${name}`, `it is for ${model.engine}, not ${engine}`);
  const { dir, file } = located(modelsDir(config), name);
  if (engine === 'piper') return piperFiles(config, file('voice.onnx'));
  if (engine === 'llama') return { model: file('model.gguf') };
  return speechOptions(engine, dir, file('model'));
}

/** `dir` holds the files of a model; `vosk` is where a Vosk model's folders begin. */
function speechOptions(engine: string, dir: string, vosk: string): EngineOptions {
  if (engine === 'vosk') return { model: present(vosk) };
  const file = (name: string): string => present(join(dir, name));
  return { encoder: file('encoder.ort'), decoder: file('decoder.ort'), tokens: file('tokens.txt') };
}

/** A voice has its tokens beside it; all voices share espeak's data. */
function piperFiles(config: EngineSections, model: string): EngineOptions {
  const data = located(modelsDir(config), 'espeak-ng-data');
  return { model, tokens: present(join(dirname(model), 'tokens.txt')), dataDir: data.file('data') };
}
