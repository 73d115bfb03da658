/** Settings of a call: where they start, and what a patch changes. */
import type { AgentConfig, Config } from '../config/schema.js';
import { fault } from '../errors.js';
import type { SettingChange } from '../pipeline/events.js';
import type { CallSettings, SettingName } from '../pipeline/services.js';

/** What the configuration and the agent give a new call. */
export function initialSettings(config: Config, agent: AgentConfig): CallSettings {
  return {
    language: agent.language,
    confidenceThreshold: config.stt.confidence_threshold,
    temperature: config.llm.temperature,
    maxTokens: config.llm.max_tokens,
    voice: agent.voice,
    speed: config.tts.speed,
    volume: 1,
    muted: false,
  };
}

/** The settings that a patch really changes. */
export function changesOf(current: CallSettings, patch: Partial<CallSettings>): SettingChange[] {
  const names = Object.keys(patch) as SettingName[];
  return names.flatMap((setting) => {
    const to = patch[setting];
    const from = current[setting];
    return to === undefined || to === from ? [] : [{ setting, from, to }];
  });
}

/** Refuses a voice or language that no engine here has: throws OPTION_INVALID. An empty voice is the usual one. */
export function checkPatch(
  patch: Partial<CallSettings>,
  languages: readonly string[],
  voices: readonly string[],
): void {
  const refuse = (service: string, name: string, known: readonly string[], got: string): void => {
    if (known.length > 0 && !known.includes(got)) throw fault('OPTION_INVALID', service, name, known.join(' or '), got);
  };
  if (patch.language !== undefined) refuse('vosk_stt', 'language', languages, patch.language);
  if (patch.voice) refuse('piper_tts', 'voice', voices, patch.voice);
}
