/**
 * What may be changed in a running call, declared once: the schema validates, types and documents it, for the
 * configuration, for RTVI (`describe-config`, `update-config`) and for the workers.
 */
import { type Static, type TSchema, Type } from '@sinclair/typebox';

/** Settings of one call while it runs. */
export const callSettingsSchema = Type.Object({
  language: Type.String({ minLength: 2, maxLength: 16, description: 'language of the call, e.g. tr or en' }),
  confidenceThreshold: Type.Number({ minimum: 0, maximum: 1, description: 'finals below are dropped, and reported' }),
  temperature: Type.Number({ minimum: 0, maximum: 2, description: 'sampling temperature of the next answer' }),
  maxTokens: Type.Integer({ minimum: 1, maximum: 4096, description: 'longest next answer, in tokens' }),
  voice: Type.String({
    maxLength: 64,
    description: 'voice of the next sentence; empty: the usual one of the language',
  }),
  speed: Type.Number({ minimum: 0.5, maximum: 2, description: 'speaking rate of the next sentence' }),
  volume: Type.Number({ minimum: 0, maximum: 2, description: 'gain of what the caller hears, from the next frame' }),
  muted: Type.Boolean({ description: 'silences the bot, from the next frame' }),
});
export type CallSettings = Static<typeof callSettingsSchema>;
export type SettingName = keyof CallSettings;

export interface ServiceOption {
  name: string;
  setting: SettingName;
  schema: TSchema;
}
export interface Service {
  name: string;
  options: readonly ServiceOption[];
}

const option = (name: string, setting: SettingName): ServiceOption => ({
  name,
  setting,
  schema: callSettingsSchema.properties[setting],
});

/** The services and option names of RTVI, and the setting behind each (design 8). */
export const services: readonly Service[] = [
  {
    name: 'vosk_stt',
    options: [
      option('language', 'language'),
      option('confidence', 'confidenceThreshold'),
      option('confidence_threshold', 'confidenceThreshold'),
    ],
  },
  { name: 'llama_llm', options: [option('temperature', 'temperature'), option('max_tokens', 'maxTokens')] },
  { name: 'piper_tts', options: [option('voice', 'voice'), option('speed', 'speed')] },
  { name: 'opensips_call', options: [option('volume', 'volume'), option('mute_enabled', 'muted')] },
];
