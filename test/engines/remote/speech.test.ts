import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { openOpenAiTranscription } from '../../../src/engines/stt/openai-transcription.js';
import { openVoskServer } from '../../../src/engines/stt/vosk-server.js';
import { openPiperHttp } from '../../../src/engines/tts/piper-http.js';
import { decodeWav, encodeWav } from '../../../src/engines/wav.js';
import { gather } from '../../../src/pipeline/workers/gather.js';
import { buzz, silence } from '../../support/tiny-models/sound.js';
import { httpServer, refuse } from './chat-server.js';

const never = new AbortController().signal;

/** Answers as asr_server.py does: a reply to each binary message, the last words to the exact end message. */
async function voskServer(results: readonly string[]) {
  const socket = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(socket, 'listening');
  after(() => {
    for (const client of socket.clients) client.terminate();
    socket.close();
  });
  const heard = { config: '', bytes: 0, connections: 0 };
  socket.on('connection', (connection) => {
    heard.connections++;
    let replies = 0;
    connection.on('message', (data, isBinary) => {
      const text = isBinary ? '' : String(data);
      if (text.includes('config')) heard.config = text;
      else if (text === '{"eof" : 1}') {
        connection.send(JSON.stringify({ text: 'please', result: [{ conf: 0.5, word: 'please' }] }));
        connection.close();
      } else {
        heard.bytes += (data as Buffer).length;
        connection.send(results[replies++] ?? '{"partial": ""}');
      }
    });
  });
  return { url: `ws://127.0.0.1:${(socket.address() as AddressInfo).port}`, heard };
}

test('vosk-server: partials as they come, and the words of all its results at the end', async () => {
  const { url, heard } = await voskServer([
    '{"partial": "block"}',
    '{"text": "block my card", "result": [{"conf": 1}, {"conf": 1}, {"conf": 1}]}',
    '{"partial": "pl"}',
  ]);
  const engine = await openVoskServer({ url, language: 'en' });
  const partials: string[] = [];
  let last: () => void = () => undefined;
  const third = new Promise<void>((resolve) => {
    last = resolve;
  });
  const stream = engine.open({
    language: 'en',
    onPartial: (text) => {
      partials.push(text);
      if (text === 'block my card pl') last();
    },
  });
  // Pieces longer than what one message carries, so that there are three of them.
  for (let piece = 0; piece < 3; piece++) stream.accept(buzz('low', 400));
  await third;
  const words = await stream.finish();
  assert.deepEqual(partials, ['block', 'block my card', 'block my card pl']);
  assert.deepEqual(words, { text: 'block my card please', confidence: 3.5 / 4 });
  assert.deepEqual(JSON.parse(heard.config), { config: { sample_rate: 16000, words: true } });
  assert.equal(heard.bytes, 3 * 400 * 16 * 2);
  stream.accept(buzz('low', 100));
  assert.equal((await stream.finish()).text, 'please');
  assert.equal(heard.connections, 2, 'each utterance has its own connection');
  stream.close();
  assert.equal(engine.openStreams, 0);
});

test('vosk-server: a server that is not there is an error of the utterance, and the stream stays usable', async () => {
  const engine = await openVoskServer({ url: 'ws://127.0.0.1:9', language: 'en' });
  const stream = engine.open({ language: 'en', onPartial: () => {} });
  for (let utterance = 0; utterance < 2; utterance++) {
    stream.accept(silence(100));
    await assert.rejects(stream.finish(), { code: 'ENGINE_FAILED' });
  }
  stream.close();
});

const server = await httpServer();

test('transcription: an utterance goes as WAV in a form, ahead of its end where the caller pauses', async () => {
  server.answer = (response) => void response.end('{"text": " Hello there. "}');
  const engine = await openOpenAiTranscription({ url: server.url, model: 'whisper', language: 'tr' });
  const told: string[] = [];
  const stream = engine.open({ language: 'tr-TR', onPartial: (text) => void told.push(text) });
  stream.accept(buzz('low', 500));
  stream.accept(silence(200));
  const before = server.asked.length;
  stream.pause();
  stream.accept(silence(200));
  assert.deepEqual(await stream.finish(), { text: 'Hello there.', confidence: undefined });
  assert.equal(server.asked.length, before + 1);
  const { path, body } = server.asked.at(-1) ?? { path: '', body: '' };
  assert.equal(path, '/v1/audio/transcriptions');
  assert.match(body, /name="model"\r\n\r\nwhisper\r\n/);
  assert.match(body, /name="language"\r\n\r\ntr\r\n/);
  const from = body.indexOf('RIFF');
  const wav = decodeWav(Buffer.from(body.slice(from, body.indexOf('\r\n--', from)), 'latin1'), 'the form');
  assert.deepEqual([wav.rateHz, wav.channels[0]?.length], [16000, 700 * 16]);
  stream.close();
});

test('transcription: what the server says of an error is in the error', async () => {
  server.answer = (response) => refuse(response, 400, 'no such model');
  const engine = await openOpenAiTranscription({ url: server.url, model: 'x', retries: 0 });
  const stream = engine.open({ language: 'en', onPartial: () => {} });
  stream.accept(buzz('low', 100));
  await assert.rejects(stream.finish(), { code: 'ENGINE_FAILED', message: /no such model/ });
  stream.close();
});

test('piper-http: a sentence goes as JSON, and a WAV of any rate comes back', async () => {
  const samples = buzz('low', 100);
  server.answer = (response) => void response.end(encodeWav({ rateHz: 22050, channels: [samples] }));
  const engine = await openPiperHttp({ url: server.url, voice: 'tr_TR-dfki-medium' });
  const speech = await gather(engine.synthesize('Merhaba.', { voice: '', speed: 2, signal: never }));
  assert.equal(speech?.rateHz, 22050);
  assert.equal(speech?.samples.length, samples.length);
  assert.deepEqual(JSON.parse(server.asked.at(-1)?.body ?? ''), { text: 'Merhaba.', length_scale: 0.5 });
});

test('piper-http: an older server takes sentences at its root', async () => {
  const wav = encodeWav({ rateHz: 16000, channels: [buzz('low', 50)] });
  server.answer = (response, { path }) =>
    path === '/v1/' ? void response.end(wav) : refuse(response, 405, 'Method Not Allowed');
  const engine = await openPiperHttp({ url: server.url });
  for (let sentence = 0; sentence < 2; sentence++) {
    const speech = await gather(engine.synthesize('Merhaba.', { voice: '', speed: 1, signal: never }));
    assert.equal(speech?.samples.length, 800);
  }
  assert.deepEqual(
    server.asked.slice(-3).map(({ path }) => path),
    ['/v1/synthesize', '/v1/', '/v1/'],
  );
});

test('piper-http: an abort gives nothing, and is no error', async () => {
  const abort = new AbortController();
  server.answer = () => abort.abort();
  const engine = await openPiperHttp({ url: server.url });
  assert.equal(await gather(engine.synthesize('Merhaba.', { voice: '', speed: 1, signal: abort.signal })), undefined);
});
