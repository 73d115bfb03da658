import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type UtteranceOptions, UtteranceStream } from '../../../src/engines/stt/utterance-stream.js';
import { buzz, joined, silence } from '../../support/tiny-models/sound.js';

const MS = 16;

/** A stream whose decoder answers with the length of what it got, and keeps a log. */
function open(more: Partial<UtteranceOptions> = {}) {
  const log: string[] = [];
  const partials: string[] = [];
  let closed = 0;
  const stream = new UtteranceStream({
    engine: 'test',
    decode: (samples) => {
      const name = `${samples.length / MS}ms`;
      log.push(name);
      return { text: Promise.resolve(name), cancel: () => log.push(`${name} cancelled`) };
    },
    onPartial: (text) => void partials.push(text),
    pieceSamples: 2000 * MS,
    pieces: 3,
    onClose: () => closed++,
    ...more,
  });
  return { stream, log, partials, closed: () => closed };
}

const speech = buzz('low', 500);

describe('a stream of whole utterances', () => {
  test('decodes at the end what it has', async () => {
    const { stream, log } = open();
    stream.accept(speech);
    assert.deepEqual(await stream.finish(), { text: '500ms', confidence: undefined });
    assert.deepEqual(log, ['500ms']);
  });

  test('tells at a pause what was said so far, unless the utterance is over by then', async () => {
    const { stream, partials } = open();
    stream.accept(joined(speech, silence(200)));
    stream.pause();
    await new Promise(setImmediate);
    assert.deepEqual(partials, ['700ms']);
    stream.accept(speech);
    stream.pause();
    await stream.finish();
    assert.deepEqual(partials, ['700ms']);
  });

  test('uses what it decoded at the pause when only silence came after', async () => {
    const { stream, log } = open();
    stream.accept(joined(speech, silence(200)));
    stream.pause();
    stream.pause();
    stream.accept(silence(400));
    assert.equal((await stream.finish()).text, '700ms');
    assert.deepEqual(log, ['700ms']);
  });

  test('drops it when the caller went on', async () => {
    const { stream, log } = open();
    stream.accept(joined(speech, silence(200)));
    stream.pause();
    stream.accept(speech);
    assert.equal((await stream.finish()).text, '1200ms');
    assert.deepEqual(log, ['700ms', '700ms cancelled', '1200ms']);
  });

  test('drops an earlier pause for a later one', async () => {
    const { stream, log } = open();
    stream.accept(joined(speech, silence(200)));
    stream.pause();
    stream.accept(joined(speech, silence(200)));
    stream.pause();
    stream.accept(silence(300));
    assert.equal((await stream.finish()).text, '1400ms');
    assert.deepEqual(log, ['700ms', '700ms cancelled', '1400ms']);
  });

  test('keeps a long part and decodes only the rest, with 100 ms of the pause', async () => {
    const { stream, log, partials } = open({ keptSamples: 600 * MS });
    stream.accept(joined(speech, silence(200)));
    stream.pause();
    stream.accept(joined(speech, silence(200)));
    stream.pause();
    stream.accept(joined(silence(100), speech));
    assert.equal((await stream.finish()).text, '700ms 800ms 700ms');
    assert.deepEqual(log, ['700ms', '800ms', '700ms']);
    assert.deepEqual(partials, []);
    stream.accept(speech);
    assert.equal((await stream.finish()).text, '500ms', 'nothing of it is left');
  });

  test('the words so far are those of all parts', async () => {
    const { stream, partials } = open({ keptSamples: 600 * MS });
    for (let part = 0; part < 2; part++) {
      stream.accept(joined(speech, silence(200)));
      stream.pause();
      await new Promise(setImmediate);
    }
    assert.deepEqual(partials, ['700ms', '700ms 800ms']);
  });

  test('a noise after the pause makes no part of its own, and nor does a short part', async () => {
    const { stream, log } = open({ keptSamples: 600 * MS });
    stream.accept(joined(speech, silence(200)));
    stream.pause();
    stream.accept(silence(100));
    stream.pause();
    assert.equal((await stream.finish()).text, '800ms');
    stream.accept(speech);
    stream.pause();
    stream.accept(speech);
    assert.equal((await stream.finish()).text, '1000ms');
    assert.deepEqual(log, ['700ms', '700ms cancelled', '800ms', '500ms', '500ms cancelled', '1000ms']);
  });

  test('a part that failed ahead is decoded with the rest; what fails at the end is an error of its utterance', async () => {
    let decodes = 0;
    const decode = () => ({
      text: ++decodes % 2 === 1 ? Promise.reject(new Error('no memory')) : Promise.resolve('word'),
      cancel: () => undefined,
    });
    const { stream } = open({ keptSamples: 600 * MS, decode });
    stream.accept(joined(speech, silence(200)));
    stream.pause();
    stream.accept(speech);
    await new Promise(setImmediate);
    assert.equal((await stream.finish()).text, 'word');
    stream.accept(speech);
    await assert.rejects(stream.finish(), /no memory/);
    stream.accept(speech);
    assert.equal((await stream.finish()).text, 'word');
  });

  test('however many parts, no less is heard', async () => {
    const { stream, log } = open({ keptSamples: 600 * MS });
    for (let part = 0; part < 12; part++) {
      stream.accept(joined(speech, silence(200)));
      stream.pause();
    }
    const { text } = await stream.finish();
    assert.ok(text.split(' ').reduce((sum, part) => sum + Number.parseInt(part, 10), 0) >= 6000, text);
    assert.ok(log.length >= 8);
  });

  test('cuts a long utterance, and hears no more than its pieces', async () => {
    const { stream, log } = open();
    for (let count = 0; count < 10; count++) stream.accept(speech);
    assert.equal((await stream.finish()).text, '2000ms 2000ms 1000ms');
    for (let count = 0; count < 40; count++) stream.accept(speech);
    assert.equal((await stream.finish()).text, '2000ms 2000ms 2000ms');
    assert.equal(log.length, 6);
  });

  test('begins the next utterance while the last one is decoded', async () => {
    const { stream } = open();
    stream.accept(speech);
    const first = stream.finish();
    stream.accept(joined(speech, speech));
    assert.deepEqual([(await first).text, (await stream.finish()).text], ['500ms', '1000ms']);
    assert.equal((await stream.finish()).text, '', 'of nothing there is nothing to decode');
  });

  test('a reset and a close give up what was begun; a close is final and told once', async () => {
    const { stream, log, closed } = open();
    stream.accept(speech);
    stream.pause();
    stream.reset();
    assert.equal((await stream.finish()).text, '');
    stream.accept(speech);
    stream.pause();
    stream.close();
    stream.close();
    stream.accept(speech);
    stream.pause();
    await assert.rejects(stream.finish(), { code: 'ENGINE_FAILED' });
    assert.deepEqual(log, ['500ms', '500ms cancelled', '500ms', '500ms cancelled']);
    assert.equal(closed(), 1);
  });
});
