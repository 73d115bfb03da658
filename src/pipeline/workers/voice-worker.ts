/** The thread that speaks: text in, samples into the spoken rings, of which it is the only writer. */
import type { Speech, TtsEngine } from '../../engines/engine.js';
import { openEngine } from '../../engines/registry.js';
import { fault } from '../../errors.js';
import { VoiceLevel } from '../voice-level.js';
import { gather } from './gather.js';
import { PhraseCache } from './phrase-cache.js';
import type { MainToWorker, PeerMessage } from './protocol.js';
import { VoiceCall, type VoiceCallHost } from './voice-call.js';
import { WorkerPort } from './worker-port.js';

interface Voice {
  engine: TtsEngine;
  name: string;
}

const voices = new Map<string, Voice>();
const apologies = new Map<string, { text: string; speech: Speech }>();
const calls = new Map<string, VoiceCall>();
const levels = new Map<string, VoiceLevel>();
const port = new WorkerPort(fromMain, fromPeer);

const host: VoiceCallHost = {
  ttsTimeoutMs: port.data.ttsTimeoutMs,
  engineFor: (language) => voiceOf(language).engine,
  voiceFor: (language) => voiceOf(language).name,
  levelFor,
  phrases: new PhraseCache(),
  apologyFor: (language) => apologies.get(language) ?? [...apologies.values()][0],
  emit: (callId, body) => port.emit(callId, body),
  toSpeech: (message) => port.toPeer('speech', message),
};

function voiceOf(language: string): Voice {
  const voice = voices.get(language) ?? voices.get('*') ?? [...voices.values()][0];
  if (!voice) throw fault('ENGINE_UNKNOWN', 'tts', language, [...voices.keys()].join(', '));
  return voice;
}

function levelFor(voice: string): VoiceLevel {
  const level = levels.get(voice) ?? new VoiceLevel(port.data.voiceLevelDb);
  levels.set(voice, level);
  return level;
}

function fromMain(message: MainToWorker): void {
  switch (message.type) {
    case 'attach':
      calls.set(message.call.callId, new VoiceCall(host, message.call));
      return port.toMain({ type: 'attached', callId: message.call.callId });
    case 'detach':
      return detach(message.callId);
    case 'settings':
      return calls.get(message.callId)?.update(message.patch);
  }
}

function fromPeer(message: PeerMessage): void {
  const call = calls.get(message.callId);
  if (!call) return;
  if (message.type === 'sentence' || message.type === 'end' || message.type === 'apologise') call.take(message);
  else if (message.type === 'cancel') call.cancel(message.turn);
}

function detach(callId: string): void {
  calls.get(callId)?.close();
  calls.delete(callId);
  port.toMain({ type: 'held', counts: { voices: calls.size } });
  port.toMain({ type: 'detached', callId });
}

async function start(): Promise<{ voices: Record<string, readonly string[]> }> {
  for (const [language, choice] of Object.entries(port.data.engines)) {
    const engine = await openEngine('tts', choice.name, choice.options);
    await engine.warmUp();
    const name = engine.voices[0] ?? '';
    voices.set(language, { engine, name });
    await prepareApology(language, { engine, name });
  }
  return { voices: Object.fromEntries([...voices].map(([language, { engine }]) => [language, engine.voices])) };
}

/** Synthesised once, so that it can be said when the voice itself fails. */
async function prepareApology(language: string, { engine, name }: Voice): Promise<void> {
  const text = port.data.apologies[language] ?? port.data.apologies.en;
  if (text === undefined) throw fault('ENGINE_FAILED', 'voice', `there is no apology in ${language}`);
  const options = { voice: name, speed: 1, signal: new AbortController().signal };
  const speech = await gather(engine.synthesize(text, options));
  if (speech) apologies.set(language, { text, speech });
}

async function close(): Promise<void> {
  for (const callId of [...calls.keys()]) detach(callId);
  for (const { engine } of voices.values()) await engine.close();
}

await port.open(start, close);
