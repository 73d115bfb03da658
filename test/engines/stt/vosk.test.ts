import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openVosk } from '../../../src/engines/stt/vosk.js';
import { testFolder } from '../../support/tiny-models/folder.js';
import { buzz, inFrames, joined, silence } from '../../support/tiny-models/sound.js';
import { timbres, writeTinyVosk } from '../../support/tiny-models/vosk.js';

type Engine = Awaited<ReturnType<typeof openVosk>>;
const dir = testFolder();
const evet = joined(silence(200), buzz(timbres.evet, 400), silence(200));
const hayir = joined(silence(200), buzz(timbres.hayır, 400), silence(200));

async function hear(engine: Engine, sound: Int16Array): Promise<{ text: string; partials: string[] }> {
  const partials: string[] = [];
  const stream = engine.open({ language: 'tr', onPartial: (text) => partials.push(text) });
  inFrames(sound, (frame) => stream.accept(frame));
  const { text } = await stream.finish();
  stream.close();
  return { text, partials };
}

for (const rateHz of [16000, 8000]) {
  describe(`libvosk on a model of ${rateHz} Hz`, () => {
    let engine: Engine;
    before(async () => {
      engine = await openVosk({ model: await writeTinyVosk(join(dir, `vosk-${rateHz}`), rateHz) });
    });
    after(() => engine.close());

    test('tells sounds apart', async () => {
      assert.equal((await hear(engine, evet)).text, 'evet');
      assert.equal((await hear(engine, hayir)).text, 'hayır');
    });

    test('joins what comes before and after an endpoint of its own into one utterance', async () => {
      const { text } = await hear(engine, joined(evet, silence(2000), hayir));
      assert.equal(text, 'evet hayır');
    });
  });
}

describe('a Vosk stream', () => {
  let engine: Engine;
  before(async () => {
    engine = await openVosk({ model: await writeTinyVosk(join(dir, 'vosk')) });
    await engine.warmUp();
  });
  after(() => engine.close());

  test('gives partials as the words change, each once, the last one the final text', async () => {
    const { partials, text } = await hear(engine, joined(evet, hayir, evet));
    assert.equal(text, 'evet hayır evet');
    assert.deepEqual(partials.at(-1), text);
    assert.ok(
      partials.every((partial, at) => partial !== partials[at - 1]),
      partials.join('|'),
    );
  });

  test('gives a confidence with words and none without', async () => {
    const stream = engine.open({ language: 'tr', onPartial: () => {} });
    stream.accept(evet);
    const heard = await stream.finish();
    assert.ok((heard.confidence ?? 0) > 0.5 && (heard.confidence ?? 2) <= 1, String(heard.confidence));
    stream.accept(silence(300));
    assert.deepEqual(await stream.finish(), { text: '', confidence: undefined });
    stream.close();
  });

  test('keeps utterances apart when the next one begins before the words of the last', async () => {
    const stream = engine.open({ language: 'tr', onPartial: () => {} });
    stream.accept(evet);
    const first = stream.finish();
    stream.accept(hayir);
    const second = stream.finish();
    assert.deepEqual([(await first).text, (await second).text], ['evet', 'hayır']);
    stream.close();
  });

  test('forgets an utterance on reset, and refuses its words', async () => {
    const stream = engine.open({ language: 'tr', onPartial: () => {} });
    stream.accept(evet);
    const dropped = stream.finish();
    stream.reset();
    await assert.rejects(dropped, { code: 'ENGINE_FAILED' });
    stream.accept(hayir);
    assert.equal((await stream.finish()).text, 'hayır');
    stream.close();
  });

  test('says that it fell behind when more than half a minute waits', async () => {
    const stream = engine.open({ language: 'tr', onPartial: () => {} });
    for (let second = 0; second < 40; second++) stream.accept(silence(1000));
    await assert.rejects(stream.finish(), /cannot keep up/);
    stream.accept(evet);
    assert.equal((await stream.finish()).text, 'evet', 'the stream stays usable');
    stream.close();
  });

  test('refuses its words once it is closed, also those on their way', async () => {
    const stream = engine.open({ language: 'tr', onPartial: () => {} });
    stream.accept(evet);
    const onTheWay = stream.finish();
    stream.close();
    stream.close();
    await assert.rejects(onTheWay, { code: 'ENGINE_FAILED' });
    await assert.rejects(stream.finish(), { code: 'ENGINE_FAILED' });
  });

  test('streams side by side hear each their own', async () => {
    const sounds = Array.from({ length: 12 }, (_, at) => (at % 3 === 0 ? hayir : evet));
    const texts = await Promise.all(sounds.map((sound) => hear(engine, sound)));
    assert.deepEqual(
      texts.map(({ text }) => text),
      sounds.map((sound) => (sound === hayir ? 'hayır' : 'evet')),
    );
  });
});

test('200 streams opened, used and closed leave none behind', async () => {
  const engine = await openVosk({ model: await writeTinyVosk(join(dir, 'leak')) });
  for (let count = 0; count < 200; count++) {
    const stream = engine.open({ language: 'tr', onPartial: () => {} });
    stream.accept(evet);
    if (count % 2 === 0) await stream.finish();
    stream.close();
  }
  await engine.close();
  assert.equal(engine.openStreams, 0);
  assert.throws(() => engine.open({ language: 'tr', onPartial: () => {} }), { code: 'ENGINE_FAILED' });
});

test('two engines share a model, and the second lives on when the first closes', async () => {
  const model = await writeTinyVosk(join(dir, 'shared'));
  const [first, second] = [await openVosk({ model }), await openVosk({ model })];
  await first.close();
  assert.equal((await hear(second, evet)).text, 'evet');
  await second.close();
});

test('a folder that is no model, and a rate that no line has, are clear errors', async () => {
  const empty = join(dir, 'empty');
  await mkdir(empty, { recursive: true });
  await assert.rejects(openVosk({ model: empty }), /no usable model/);
  await assert.rejects(
    openVosk({ model: await writeTinyVosk(join(dir, 'odd'), 11025) }),
    /8000 or 16000 Hz, got 11025/,
  );
  await assert.rejects(openVosk({}), /option model expected a text/);
});
