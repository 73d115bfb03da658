/**
 * What happened, as the standard messages of each generation: a table from event to messages. To add a generation
 * is to add a table.
 */
import type { CallEvent, CallEventOf, CallEventType } from '../pipeline/events.js';
import { botOutput } from './bot-output.js';
import type { Generation } from './generation.js';
import { errorEvent, type Json, Outgoing } from './outgoing.js';
import { eventMessages } from './server-messages.js';
import type { OpenState, Scene } from './story.js';

type Row<T extends CallEventType> = (event: CallEventOf<T>, scene: Scene) => Outgoing[];
type Table = { [T in CallEventType]?: Row<T> };

/** There is one caller; clients want a name for him. */
const userId = 'caller';
const say = (type: string, data?: Json): Outgoing => new Outgoing(type, data);
const inPlace = (scene: Scene, ...messages: Outgoing[]): Outgoing[] => (scene.outOfPlace ? [] : messages);

/** What ends each open state. */
const endOf: Record<OpenState, string> = {
  userSpeaking: 'user-stopped-speaking',
  llmRunning: 'bot-llm-stopped',
  ttsRunning: 'bot-tts-stopped',
  botSpeaking: 'bot-stopped-speaking',
};

/** Rows that all generations share. */
const shared: Table = {
  'user-started-speaking': (_event, scene) => inPlace(scene, say('user-started-speaking')),
  'user-stopped-speaking': (_event, scene) => inPlace(scene, say('user-stopped-speaking')),
  'transcript-partial': ({ text }, scene) => (scene.outOfPlace ? [] : transcription(text, scene.epochMs, false)),
  'transcript-final': ({ text }, scene) => transcription(text, scene.epochMs, true),
  'barge-in-rejected': ({ text }, scene) =>
    text === '' ? [] : [userInput(text, 'backchannel', scene.epochMs, { user_id: userId })],
  'user-turn-ended': ({ text }, scene) => [
    ...timeToFirstByte('vosk_stt', scene.sinceStartS),
    ...(text === '' ? [] : [say('user-llm-text', { text })]),
  ],
  'llm-started': (_event, scene) => inPlace(scene, say('bot-llm-started')),
  'llm-first-token': (_event, scene) => timeToFirstByte('llama_llm', scene.sinceStartS),
  'llm-text': ({ text }, scene) => inPlace(scene, say('bot-llm-text', { text })),
  'llm-stopped': (event, scene) => [...llmUsage(event), ...inPlace(scene, say('bot-llm-stopped'))],
  'tts-started': (_event, scene) => inPlace(scene, say('bot-tts-started')),
  'sentence-written': (event, scene) => [...timeToFirstByte('piper_tts', scene.sinceStartS), ttsUsage(event)],
  'tts-stopped': (_event, scene) => inPlace(scene, say('bot-tts-stopped')),
  'bot-stopped-speaking': (_event, scene) => inPlace(scene, say('bot-stopped-speaking')),
  'call-ended': (_event, { leftOpen }) => leftOpen.map((state) => say(endOf[state])),
  // `fatal` would throw out a client that watches other calls too: the hub tells those that it ends.
  error: ({ message }) => [errorEvent(message, false)],
};

/** Rows that differ by the form of what the bot says. */
function speaking(generation: Generation): Table {
  const output = (scene: Scene) => scene.output.flatMap((step) => botOutput(generation, step));
  return {
    sentence: ({ text }, scene) => [...inPlace(scene, ...sentenceText(generation, text)), ...output(scene)],
    'bot-started-speaking': (_event, scene) => [...inPlace(scene, say('bot-started-speaking')), ...output(scene)],
    'playout-progress': (_event, scene) => output(scene),
    'sentence-heard': (_event, scene) => output(scene),
    'bot-interrupted': (_event, scene) => [
      ...output(scene),
      ...(generation === '0.x' ? [] : [say('bot-interrupted')]),
      ...(scene.botWasSpeaking ? [say('bot-stopped-speaking')] : []),
    ],
  };
}

const tables: Record<Generation, Table> = {
  '0.x': { ...shared, ...speaking('0.x') },
  '1.x': { ...shared, ...speaking('1.x') },
  '2.x': { ...shared, ...speaking('2.x') },
  '2.2': { ...shared, ...speaking('2.2') },
};

/** All messages of an event for one generation, in the order they are to be sent. */
export function outbound(generation: Generation, event: CallEvent, scene: Scene): Outgoing[] {
  // The compiler cannot see that event and row go by the same type.
  const row = tables[generation][event.type] as Row<CallEventType> | undefined;
  return [...(row?.(event, scene) ?? []), ...eventMessages(event, scene)];
}

/** A finished sentence of the model; 0.1 knew it by another name, which the later ones ignore. */
export function sentenceText(generation: Generation, text: string): Outgoing[] {
  const sentence = say('bot-transcription', { text });
  return generation === '0.x' ? [sentence, say('tts-text', { text })] : [sentence];
}

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

const timeToFirstByte = (processor: string, value: number | undefined): Outgoing[] =>
  value === undefined ? [] : [say('metrics', { ttfb: [{ processor, value }] })];

function llmUsage({ promptTokens, completionTokens, durationMs }: CallEventOf<'llm-stopped'>): Outgoing[] {
  const tokens = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
  return [
    say('metrics', { processing: [{ processor: 'llama_llm', value: durationMs / 1000 }] }),
    say('metrics', { tokens: [tokens] }),
  ];
}

const ttsUsage = ({ text, synthesisMs }: CallEventOf<'sentence-written'>): Outgoing =>
  say('metrics', {
    processing: [{ processor: 'piper_tts', value: synthesisMs / 1000 }],
    characters: [{ processor: 'piper_tts', value: text.length }],
  });

const isoTime = (epochMs: number): string => new Date(epochMs).toISOString().replace('Z', '+00:00');
