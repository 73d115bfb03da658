/** A supervisor's microphone on a whole call over RTP: what the caller really hears. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { Client } from '../rtvi/desk.js';
import { amplitudeOf, type Frame, listeningCall } from '../support/listening-call.js';
import { audioFrame, rawAudioBatch } from '../support/microphone.js';
import { tone } from '../support/parrot.js';
import { runServer, type TestServer } from '../support/running-server.js';

let server: TestServer;
before(async () => {
  const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
  const tokens = { 'rtvi.token': 'all', 'rtvi.steer_token': 'steer', 'rtvi.watch_token': 'watch' };
  const rtvi = { 'rtvi.enabled': 'true', 'rtvi.port': '0', 'rtvi.supervisor_audio': 'true' };
  server = await runServer({ ...scripted, ...tokens, ...rtvi });
});
after(() => server.stop());

async function join(callId: string, token: string, form: 'text' | 'protobuf'): Promise<Client> {
  const url = `ws://127.0.0.1:${server.rtvi?.port}/rtvi?call=${callId}&token=${token}`;
  const client = new Client(new WebSocket(url), form);
  await client.opened;
  client.send('client-ready', { version: '1.2.0' }, 'ready');
  await client.next(({ type }) => type === 'bot-ready');
  return client;
}

test('he is heard while the bot is muted; who may only watch is not', { timeout: 60_000 }, async () => {
  await listeningCall(server, 'supervised', async ({ frames, callId }) => {
    const withTone = (hz: number, all: readonly Frame[]) => all.filter((frame) => amplitudeOf(frame, hz) > 6000);
    const [text, framed, watcher] = [
      await join(callId, 'steer', 'text'),
      await join(callId, 'all', 'protobuf'),
      await join(callId, 'watch', 'text'),
    ];
    const parts = Array.from({ length: 20 }, (_, at) => tone(1000, 400, 48_000).subarray(at * 960, at * 960 + 960));
    try {
      const mute = [{ name: 'enabled', value: true }];
      await text.askNew('action', { service: 'opensips_call', action: 'mute', arguments: mute });
      watcher.send('raw-audio-batch', rawAudioBatch(parts, 48_000));
      await watcher.next(({ type }) => type === 'error-response');
      const silent = await frames((all) => all.length >= 40);
      assert.deepEqual(withTone(1000, silent), [], 'of a watcher nothing is heard');

      text.send('raw-audio-batch', rawAudioBatch(parts, 48_000));
      await frames((all) => withTone(1000, all).length >= 17);
      framed.socket.send(audioFrame(tone(500, 100, 16_000), 16_000));
      const refusal = await framed.next(({ type }) => type === 'error');
      assert.match(String(refusal.data?.error), /speaks to the caller/);

      text.socket.close();
      await frames((all) => {
        framed.socket.send(audioFrame(tone(500, 20, 16_000), 16_000));
        return withTone(500, all).length >= 10;
      });
    } finally {
      for (const client of [text, framed, watcher]) client.socket.terminate();
    }
  });
});
