import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Speech, TtsEngine } from '../../../src/engines/engine.js';
import { openEngine } from '../../../src/engines/registry.js';
import { convert } from '../../../src/models/convert.js';
import { locateIn } from '../../../src/models/store.js';
import { modelsFolder, realOrSkip } from '../../support/real-models.js';
import { testFolder } from '../../support/tiny-models/folder.js';
import { writeTinyPiper } from '../../support/tiny-models/piper.js';

const dir = testFolder();

async function speak(
  engine: TtsEngine,
  text: string,
  more: { voice?: string; speed?: number; signal?: AbortSignal } = {},
) {
  const { voice = '', speed = 1, signal = new AbortController().signal } = more;
  const chunks: Speech[] = [];
  for await (const chunk of engine.synthesize(text, { voice, speed, signal })) chunks.push(chunk);
  return { chunks, seconds: chunks.reduce((sum, { samples, rateHz }) => sum + samples.length / rateHz, 0) };
}

const loudest = (chunks: readonly Speech[]): number =>
  chunks.reduce((most, { samples }) => samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), most), 0);

describe('espeak-ng in WebAssembly', () => {
  let engine: TtsEngine;
  before(async () => {
    engine = await openEngine('tts', 'espeak', { voice: 'tr' });
    await engine.warmUp();
  });
  after(() => engine.close());

  test('speaks Turkish and English, each its own way', async () => {
    const turkish = await speak(engine, 'Size nasıl yardımcı olabilirim?', { voice: 'tr' });
    const english = await speak(engine, 'Size nasıl yardımcı olabilirim?', { voice: 'en' });
    assert.ok(turkish.seconds > 1 && turkish.seconds < 5, String(turkish.seconds));
    assert.ok(Math.abs(turkish.seconds - english.seconds) > 0.1, `${turkish.seconds} ${english.seconds}`);
    assert.ok(loudest(turkish.chunks) > 0.1 && loudest(turkish.chunks) <= 1);
  });

  test('falls back to the voice of its options for a voice that it does not have', async () => {
    const unknown = await speak(engine, 'Merhaba dünya', { voice: 'no-such-voice' });
    const turkish = await speak(engine, 'Merhaba dünya', { voice: 'tr' });
    assert.ok(Math.abs(unknown.seconds - turkish.seconds) < 0.05, `${unknown.seconds} ${turkish.seconds}`);
  });

  test('is faster at a higher speed', async () => {
    const text = 'Bu bir deneme cümlesidir.';
    assert.ok((await speak(engine, text, { speed: 2 })).seconds < 0.8 * (await speak(engine, text)).seconds);
  });

  test('says nothing for nothing, and stops at an abort', async () => {
    assert.deepEqual((await speak(engine, '  ')).chunks, []);
    const abort = new AbortController();
    const voices = engine.synthesize('Bir, iki, üç, dört, beş.', { voice: 'tr', speed: 1, signal: abort.signal });
    const first = voices[Symbol.asyncIterator]().next();
    abort.abort();
    assert.deepEqual(await first, { done: true, value: undefined }, 'what was made meanwhile is dropped');
  });

  test('a default voice that does not exist is a clear error', async () => {
    await assert.rejects(openEngine('tts', 'espeak', { voice: 'klingonish' }), /no voice klingonish/);
  });
});

/** espeak's pronunciation data is a download, so this part runs where the demo's models are. */
describe('sherpa-onnx on a tiny voice that our conversion made ready', { skip: realOrSkip('espeak-ng-data') }, () => {
  let engine: TtsEngine;
  before(async () => {
    const voice = join(dir, 'voice');
    await writeTinyPiper(voice);
    await convert('piper', voice);
    const dataDir = locateIn(modelsFolder, 'espeak-ng-data')?.file('data') ?? '';
    const files = { model: join(voice, 'voice.onnx'), tokens: join(voice, 'tokens.txt') };
    engine = await openEngine('tts', 'piper', { ...files, dataDir, threads: 1 });
    await engine.warmUp();
  });
  after(() => engine.close());

  test('speaks at the rate that the metadata says, longer for longer texts', async () => {
    const [short, long] = [await speak(engine, 'Yes.'), await speak(engine, 'This is a longer sentence.')];
    assert.equal(short.chunks[0]?.rateHz, 22050);
    assert.ok(short.seconds > 0 && long.seconds > 2 * short.seconds, `${short.seconds} ${long.seconds}`);
  });

  test('drops what was aborted while it waited, and goes on with the next', async () => {
    const abort = new AbortController();
    const texts = ['One two three.', 'Four five six.', 'Seven eight nine.'];
    const [first, second, third] = texts.map((text, at) =>
      speak(engine, text, at === 1 ? { signal: abort.signal } : {}),
    );
    abort.abort();
    assert.ok(((await first)?.seconds ?? 0) > 0);
    assert.deepEqual((await second)?.chunks, []);
    assert.ok(((await third)?.seconds ?? 0) > 0);
  });

  test('refuses after it is closed', async () => {
    const abort = new AbortController();
    const running = speak(engine, 'Still speaking.', { signal: abort.signal });
    await engine.close();
    assert.ok((await running).seconds > 0, 'what runs is finished, so that its memory may be freed');
    await assert.rejects(speak(engine, 'No more.'), { code: 'ENGINE_FAILED' });
  });
});
