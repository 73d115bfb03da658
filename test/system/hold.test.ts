/** A call on hold outlives the media timeout, in each way to hold; after it the timeout counts again. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { runServer, type TestServer } from '../support/running-server.js';
import { newCall, SipPeer, toTagOf } from '../support/sip-peer.js';

let server: TestServer;
before(async () => {
  const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
  server = await runServer({ ...scripted, 'rtp.timeout_s': '1' });
});
after(() => server.stop());

const description = (address: string, direction: string) =>
  [
    'v=0',
    'o=alice 1 1 IN IP4 127.0.0.1',
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    'm=audio 9 RTP/AVP 0',
    `a=${direction}`,
    '',
  ].join('\r\n');

describe('held by', { concurrency: true }, () => {
  for (const [name, address, direction] of [
    ['sendonly', '127.0.0.1', 'sendonly'],
    ['inactive', '127.0.0.1', 'inactive'],
    ['no-address', '0.0.0.0', 'sendrecv'],
  ] as const) {
    test(name, { timeout: 60_000 }, async () => {
      const peer = await SipPeer.open(server.sip?.port ?? 0);
      const call = newCall();
      const invite = async (body: string) => {
        peer.send('INVITE', call, { body, uri: `sip:${name}@127.0.0.1:${peer.serverPort}` });
        call.toTag = toTagOf(await peer.response(200, 'INVITE'));
        peer.send('ACK', call);
      };
      await invite(description(address, direction));
      const { callId } = await server.event('call-started', ({ to }) => to.includes(`:${name}@`));
      const seconds = () =>
        server.events.filter((event) => event.type === 'media-quality' && event.callId === callId).length;
      await server.event('media-quality', (event) => event.callId === callId && seconds() >= 3);
      assert.ok(!server.events.some((event) => event.type === 'call-ended' && event.callId === callId));
      await invite(description('127.0.0.1', 'sendrecv'));
      peer.answer(await peer.request('BYE'), 200, 'OK');
      const { reason } = await server.event('call-ended', (event) => event.callId === callId);
      assert.equal(reason, 'media-timeout');
      peer.close();
    });
  }
});
