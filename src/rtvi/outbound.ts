/** What happened, as standard messages: a table from event to messages, in which each generation has its own dialect. */
import { elapsedMs } from '../clock.js';
import type { CallEvent, CallEventOf, CallEventType } from '../pipeline/events.js';
import { type Dialect, dialects } from './dialects.js';
import type { Generation } from './generation.js';
import { errorEvent, type Json, Outgoing } from './outgoing.js';
import { eventMessages } from './server-messages.js';
import type { OpenState, Scene } from './story.js';

type Row<T extends CallEventType> = (event: CallEventOf<T>, scene: Scene, dialect: Dialect) => Outgoing[];

/** There is one caller; clients want a name for him. */
const userId = 'caller';
const say = (type: string, data?: Json): Outgoing => new Outgoing(type, data);
const inPlace = (scene: Scene, ...messages: Outgoing[]): Outgoing[] => (scene.outOfPlace ? [] : messages);

/** What ends each open state. */
const endOf: Record<OpenState, string> = {
  userMuted: 'user-mute-stopped',
  userSpeaking: 'user-stopped-speaking',
  llmRunning: 'bot-llm-stopped',
  ttsRunning: 'bot-tts-stopped',
  botSpeaking: 'bot-stopped-speaking',
};

const output = (scene: Scene, dialect: Dialect): Outgoing[] => scene.output.flatMap(dialect.output);

/** What all generations are told, each in its dialect. */
const shared: { [T in CallEventType]?: Row<T> } = {
  'user-started-speaking': (_event, scene) => inPlace(scene, say('user-started-speaking')),
  'user-stopped-speaking': (_event, scene) => inPlace(scene, say('user-stopped-speaking')),
  'user-mute-started': (_event, scene) => inPlace(scene, say('user-mute-started')),
  'user-mute-stopped': (_event, scene) => inPlace(scene, say('user-mute-stopped')),
  'transcript-partial': ({ text }, scene) => (scene.outOfPlace ? [] : transcription(text, scene.epochMs, false)),
  'transcript-final': ({ text }, scene) => transcription(text, scene.epochMs, true),
  // Keys are words of the caller too.
  'digits-collected': ({ digits }, scene) => transcription(digits, scene.epochMs, true),
  'barge-in-rejected': ({ text }, scene) =>
    text === '' ? [] : [userInput(text, 'backchannel', scene.epochMs, { user_id: userId })],
  'user-turn-ended': ({ text, times }, scene) => [
    ...timeToFirstByte('vosk_stt', scene.sinceStartS),
    processing('vosk_stt', elapsedMs(times.decidedNs, times.sttFinalNs)),
    ...(text === '' ? [] : [say('user-llm-text', { text })]),
  ],
  'llm-started': (_event, scene) => inPlace(scene, say('bot-llm-started')),
  'llm-first-token': (_event, scene) => timeToFirstByte('llama_llm', scene.sinceStartS),
  'llm-text': ({ text }, scene) => inPlace(scene, say('bot-llm-text', { text })),
  sentence: ({ text }, scene, dialect) => [
    ...inPlace(scene, ...sentenceText(dialect, text)),
    ...output(scene, dialect),
  ],
  'llm-stopped': (event, scene) => [...llmUsage(event), ...inPlace(scene, say('bot-llm-stopped'))],
  'tts-started': (_event, scene) => inPlace(scene, say('bot-tts-started')),
  'sentence-written': (event, scene) => [...timeToFirstByte('piper_tts', scene.sinceStartS), ttsUsage(event)],
  'tts-stopped': (_event, scene) => inPlace(scene, say('bot-tts-stopped')),
  'bot-started-speaking': (_event, scene, dialect) => [
    ...inPlace(scene, say('bot-started-speaking')),
    ...output(scene, dialect),
  ],
  'playout-progress': (_event, scene, dialect) => output(scene, dialect),
  'sentence-heard': (_event, scene, dialect) => output(scene, dialect),
  'bot-interrupted': (_event, scene, dialect) => [
    ...output(scene, dialect),
    ...dialect.interruption.map((type) => say(type)),
    ...(scene.botWasSpeaking ? [say('bot-stopped-speaking')] : []),
  ],
  'bot-stopped-speaking': (_event, scene) => inPlace(scene, say('bot-stopped-speaking')),
  'audio-level': ({ side, level }) => [say(`${side}-audio-level`, { value: level })],
  'call-ended': (_event, { leftOpen }) => leftOpen.map((state) => say(endOf[state])),
  // `fatal` would throw out a client that watches other calls too: the hub tells those that it ends.
  error: ({ message }) => [errorEvent(message, false)],
};

/** All messages of an event for one generation, in the order they are to be sent. */
export function outbound(generation: Generation, event: CallEvent, scene: Scene): Outgoing[] {
  const dialect = dialects[generation];
  // The compiler cannot see that event and row go by the same type.
  const row = (dialect.rows[event.type] ?? shared[event.type]) as Row<CallEventType> | undefined;
  return [...(row?.(event, scene, dialect) ?? []), ...eventMessages(event, scene)];
}

/** A finished sentence of the model. */
export const sentenceText = (dialect: Dialect, text: string): Outgoing[] =>
  dialect.sentence.map((type) => say(type, { text }));

/** The caller's words: under the new name and the old one. */
export function transcription(text: string, epochMs: number, final: boolean): Outgoing[] {
  const old = { text, user_id: userId, timestamp: isoTime(epochMs), final };
  return [say('user-input', { ...old, input_type: 'transcription' }), say('user-transcription', old)];
}

/** Acknowledges a `send-text`; only its sender knows the id. */
export const chatInput = (text: string, epochMs: number, messageId: string | undefined): Outgoing =>
  userInput(text, 'chat', epochMs, { msg_id: messageId });

function userInput(text: string, input_type: string, epochMs: number, more: { [name: string]: Json }): Outgoing {
  return say('user-input', { text, input_type, timestamp: isoTime(epochMs), final: true, ...more });
}

const processing = (processor: string, ms: number): Outgoing =>
  say('metrics', { processing: [{ processor, value: Math.max(0, ms / 1000) }] });

const timeToFirstByte = (processor: string, value: number | undefined): Outgoing[] =>
  value === undefined ? [] : [say('metrics', { ttfb: [{ processor, value }] })];

function llmUsage(event: CallEventOf<'llm-stopped'>): Outgoing[] {
  const { promptTokens, cachedTokens, completionTokens, durationMs } = event;
  const tokens = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens === undefined ? {} : { cache_read_input_tokens: cachedTokens }),
  };
  return [processing('llama_llm', durationMs), say('metrics', { tokens: [tokens] })];
}

const ttsUsage = ({ text, synthesisMs }: CallEventOf<'sentence-written'>): Outgoing =>
  say('metrics', {
    processing: [{ processor: 'piper_tts', value: synthesisMs / 1000 }],
    characters: [{ processor: 'piper_tts', value: text.length }],
  });

const isoTime = (epochMs: number): string => new Date(epochMs).toISOString().replace('Z', '+00:00');
