/** Engine names and how each is made. Imports are lazy: a native library that is not used is never loaded. */
import { fault } from '../errors.js';
import type { EngineOptions, LlmEngine, SttEngine, TtsEngine, TurnEngine } from './engine.js';

export interface EngineKinds {
  stt: SttEngine;
  llm: LlmEngine;
  tts: TtsEngine;
  turn: TurnEngine;
}
export type EngineKind = keyof EngineKinds;

type Factory<K extends EngineKind> = (options: EngineOptions) => Promise<EngineKinds[K]>;
type Registry = { readonly [K in EngineKind]: Readonly<Record<string, Factory<K>>> };

const registry: Registry = {
  stt: {
    vosk: async (options) => (await import('./stt/vosk.js')).openVosk(options),
    moonshine: async (options) => (await import('./stt/moonshine.js')).openMoonshine(options),
    'vosk-server': async (options) => (await import('./stt/vosk-server.js')).openVoskServer(options),
    openai: async (options) => (await import('./stt/openai-transcription.js')).openOpenAiTranscription(options),
    scripted: async (options) => (await import('./stt/scripted.js')).openScriptedStt(options),
  },
  llm: {
    llama: async (options) => (await import('./llm/llama.js')).openLlama(options),
    openai: async (options) => (await import('./llm/openai-chat.js')).openOpenAiChat(options),
    scripted: async (options) => (await import('./llm/scripted.js')).openScriptedLlm(options),
  },
  tts: {
    piper: async (options) => (await import('./tts/piper.js')).openPiper(options),
    espeak: async (options) => (await import('./tts/espeak.js')).openEspeak(options),
    'piper-http': async (options) => (await import('./tts/piper-http.js')).openPiperHttp(options),
    scripted: async (options) => (await import('./tts/scripted.js')).openScriptedTts(options),
  },
  turn: {
    'smart-turn': async (options) => (await import('./turn/smart-turn.js')).openSmartTurn(options),
  },
};

export const engineNames = (kind: EngineKind): string[] => Object.keys(registry[kind]);

/** Makes an engine with its model loaded. Rejects with ENGINE_UNKNOWN or ENGINE_FAILED. */
export async function openEngine<K extends EngineKind>(
  kind: K,
  name: string,
  options: EngineOptions,
): Promise<EngineKinds[K]> {
  const factories: Readonly<Record<string, Factory<K>>> = registry[kind];
  const factory = Object.hasOwn(factories, name) ? factories[name] : undefined;
  if (factory === undefined) throw fault('ENGINE_UNKNOWN', kind, name, engineNames(kind).join(', '));
  return factory(options);
}
