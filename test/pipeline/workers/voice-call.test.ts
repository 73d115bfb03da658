import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Speech, TtsEngine } from '../../../src/engines/engine.js';
import { spokenLayout } from '../../../src/media/ring-layout.js';
import { allocateRings } from '../../../src/media/sample-ring.js';
import type { EventBody } from '../../../src/pipeline/events.js';
import { VoiceLevel } from '../../../src/pipeline/voice-level.js';
import { PhraseCache } from '../../../src/pipeline/workers/phrase-cache.js';
import type { LanguageToVoice, VoiceToSpeech } from '../../../src/pipeline/workers/protocol.js';
import { VoiceCall, type VoiceCallHost } from '../../../src/pipeline/workers/voice-call.js';
import { settings } from '../../support/call-settings.js';
import { PlayedRing } from '../../support/played-ring.js';

const rateHz = 8000;
const loud = (samples: number): Float32Array => Float32Array.from({ length: samples }, (_, i) => (i % 2 ? 0.5 : -0.5));

/** A voice that waits at each sentence until it is let go. */
class HeldVoice implements TtsEngine {
  readonly voices = ['held'];
  readonly waiting = new Map<string, () => void>();
  samples = 800;
  async *synthesize(text: string, { signal }: { signal: AbortSignal }): AsyncGenerator<Speech> {
    await new Promise<void>((resolve) => {
      this.waiting.set(text, resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    if (text.includes('fails')) throw new Error('no voice');
    if (!signal.aborted) yield { samples: loud(this.samples), rateHz };
  }
  warmUp = async () => undefined;
  close = async () => undefined;
}

function stage(ttsTimeoutMs = 60_000) {
  const media = new PlayedRing();
  const voice = new HeldVoice();
  const level = new VoiceLevel(0);
  const events: EventBody[] = [];
  const told: VoiceToSpeech[] = [];
  const host: VoiceCallHost = {
    ttsTimeoutMs,
    engineFor: () => voice,
    voiceFor: () => 'held',
    levelFor: () => level,
    phrases: new PhraseCache(),
    apologyFor: () => ({ text: 'Sorry.', speech: { samples: loud(400), rateHz } }),
    emit: (_, body) => void events.push(body),
    toSpeech: (message) => void told.push(message),
  };
  const rings = { ...allocateRings(), spoken: media.buffer };
  const attachment = {
    callId: 'c',
    ...rings,
    lineRateHz: rateHz,
    settings,
    messages: [],
    nextTurn: 0,
    levels: false,
    held: false,
    expectDigits: 0,
    agent: '',
  };
  const call = new VoiceCall(host, attachment);
  const sentence = (turn: number, text: string, index = 0): LanguageToVoice => ({
    type: 'sentence',
    callId: 'c',
    turn,
    epoch: media.ring.epoch,
    index,
    text,
    spoken: text,
    fixed: false,
  });
  /** Lets the voice speak this sentence, once it is asked to. */
  const speak = async (text: string) => {
    while (!voice.waiting.has(text)) await turnOfTheLoop();
    voice.waiting.get(text)?.();
    await turnOfTheLoop();
  };
  return { media, voice, events, told, call, sentence, speak };
}

test('sentences are written in order, with their places in the ring', async () => {
  const { told, call, sentence, speak } = stage();
  call.take(sentence(0, 'one'));
  call.take(sentence(0, 'two', 1));
  call.take({ type: 'end', callId: 'c', turn: 0, epoch: 0 });
  await speak('one');
  await speak('two');
  await turnOfTheLoop();
  const places = told.map((message) =>
    message.type === 'written' ? [message.text, message.from, message.to] : message.type,
  );
  assert.deepEqual(places, [['one', 0, 800], ['two', 800, 1600], 'finished']);
});

test('a cancel that comes late does not touch the turn after', async () => {
  const { told, call, sentence, speak } = stage();
  call.take(sentence(7, 'next'));
  await turnOfTheLoop();
  call.cancel(6);
  await speak('next');
  assert.equal(told.filter(({ type }) => type === 'written').length, 1);
});

test('a sentence of an epoch that is over is neither written nor told', async () => {
  const { media, told, call, sentence, speak } = stage();
  call.take(sentence(0, 'old'));
  media.ring.discard();
  await speak('old');
  assert.deepEqual(told, []);
  assert.equal(media.ring.written, 0);
});

test('a voice that fails apologises, once a turn', async () => {
  const { told, events, call, sentence, speak } = stage();
  call.take(sentence(0, 'fails'));
  call.take(sentence(0, 'fails too', 1));
  await speak('fails');
  await turnOfTheLoop();
  assert.deepEqual(
    told.map((message) => message.type === 'written' && message.text),
    ['Sorry.'],
  );
  assert.deepEqual(events.filter(({ type }) => type === 'error').length, 1);
});

test('a voice that says nothing in time is given up, and the caller hears an apology', async () => {
  const { told, events, call, sentence } = stage(20);
  call.take(sentence(0, 'never'));
  while (told.length === 0) await turnOfTheLoop();
  assert.equal(told[0]?.type === 'written' && told[0].text, 'Sorry.');
  assert.ok(events.some((event) => event.type === 'error' && event.code === 'ENGINE_TIMEOUT'));
});

test('a writer that waits for room ends with its call', async () => {
  const { media, voice, call, sentence, speak } = stage();
  voice.samples = spokenLayout.capacity + 8000;
  call.take(sentence(0, 'long'));
  await speak('long');
  assert.equal(media.ring.room(), 0);
  const { epoch } = media.ring;
  call.close();
  media.play(spokenLayout.capacity);
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.equal(media.ring.epoch, epoch + 1);
  assert.equal(media.ring.written, spokenLayout.capacity, 'nothing is written after the end');
});

test('a sentence is made while the one before it is heard, not long before', async () => {
  const { media, voice, call, sentence, speak } = stage();
  voice.samples = 4 * rateHz;
  call.take(sentence(0, 'one'));
  call.take(sentence(0, 'two', 1));
  call.take(sentence(0, 'three', 2));
  await speak('one');
  await speak('two');
  while (media.ring.written < 8 * rateHz) await turnOfTheLoop();
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.ok(!voice.waiting.has('three'), 'nobody hears the second yet');
  media.play(4 * rateHz + 160);
  await speak('three');
});

test('what is always the same is made once', async () => {
  const { media, voice, told, call, sentence, speak } = stage();
  const greeting = { ...sentence(0, 'welcome'), fixed: true } as LanguageToVoice;
  call.take(greeting);
  await speak('welcome');
  media.play(rateHz);
  voice.waiting.clear();
  call.take({ ...greeting, turn: 1 });
  while (told.length < 2) await turnOfTheLoop();
  assert.equal(voice.waiting.size, 0, 'the voice was not asked again');
  call.take({ ...sentence(1, 'welcome', 1), fixed: false } as LanguageToVoice);
  await speak('welcome');
});
