/** A client's microphone: both forms of the wire, whose right it is, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../../src/errors.js';
import { audioFrame, rawAudio, rawAudioBatch } from '../support/microphone.js';
import { type Client, openDesk } from './desk.js';

const samples = Int16Array.from([1, -2, 32_767, -32_768]);
const errors = (client: Client) => client.messages.filter(({ type }) => type.startsWith('error'));

test('messages and frames bring the same samples to the call', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  for (const version of [undefined, '1.2.0', '2.2.0']) {
    const client = await desk.ready(version);
    client.send('raw-audio', rawAudio(samples, 16_000));
    client.send('raw-audio-batch', rawAudioBatch([samples.subarray(0, 2), samples.subarray(2)], 24_000));
    await client.drain();
    assert.deepEqual(errors(client), []);
  }
  const framed = await desk.ready('1.2.0', '', 'protobuf');
  framed.socket.send(audioFrame(samples, 48_000));
  framed.socket.send(audioFrame(Int16Array.from([10, 20, -5, -8]), 8000, 2));
  await framed.drain();
  assert.deepEqual(errors(framed), []);
  const heard = call.heard.map(({ samples: each, rateHz }) => [rateHz, each]);
  const all = [...samples];
  const messages = [
    [16_000, all],
    [24_000, all],
  ];
  assert.deepEqual(heard, [...messages, ...messages, ...messages, [48_000, all], [8000, [15, -7]]]);
});

test('a client that may only watch is told so once, in either form', async (context) => {
  const desk = await openDesk(context, { config: { token: 'secret', watch_token: 'look' } });
  const call = desk.calls.start('call-1');
  const [text, framed] = [
    await desk.ready('2.2.0', '?token=look'),
    await desk.ready('2.2.0', '?token=look', 'protobuf'),
  ];
  for (let frame = 0; frame < 60; frame++) {
    text.send('raw-audio', rawAudio(samples, 16_000), `audio-${frame}`);
    framed.socket.send(audioFrame(samples, 16_000));
  }
  for (const client of [text, framed]) {
    await client.drain();
    assert.equal(errors(client).length, 1);
    assert.match(String(errors(client)[0]?.data?.error), /needs a valid token/);
  }
  assert.equal(errors(text)[0]?.id, 'audio-0');
  assert.deepEqual(call.heard, []);
});

test('a refusal of the call is told again when something was taken in between', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready('2.2.0', '', 'protobuf');
  const { supervise } = call;
  const refuse = () => {
    throw fault('NOT_SUPPORTED', 'supervisor audio', 'another one speaks to the caller');
  };
  for (const verb of [refuse, refuse, supervise, refuse, refuse]) {
    call.supervise = verb;
    client.socket.send(audioFrame(samples, 16_000));
    await client.drain();
  }
  assert.equal(errors(client).length, 2);
});

test('what is no audio is refused with the reason', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready('2.2.0');
  const refused = async (data: unknown, why: RegExp) =>
    assert.match(String((await client.ask('raw-audio', data)).data?.error), why);
  await refused({}, /base64Audio/);
  await refused({ ...rawAudio(samples, 16_000), sampleRate: 4000 }, /sampleRate/);
  await refused(rawAudio(samples, 16_001), /sampleRate: expected one of 8000.*got 16001/);
  await refused(rawAudio(samples, 16_000, 3), /numChannels/);
  await refused({ ...rawAudio(samples, 16_000), base64Audio: 'AAAA' }, /whole samples of 2 bytes, got 3 bytes/);
  const framed = await desk.ready('2.2.0', '', 'protobuf');
  framed.socket.send(audioFrame(samples, 0));
  await framed.drain();
  assert.match(String(errors(framed)[0]?.data?.error), /got 0/);
  assert.deepEqual(call.heard, []);
});

test('who leaves, or looks at another call, gives up the word', async (context) => {
  const desk = await openDesk(context);
  const [first, second] = [desk.calls.start('call-1'), desk.calls.start('call-2')];
  const client = await desk.ready('2.2.0', '?call=call-1');
  client.send('raw-audio', rawAudio(samples, 16_000));
  await client.askNew('focus-call', { call_id: 'call-2' });
  assert.deepEqual(first.left, [first.heard[0]?.origin]);
  const left = new Promise<string>((resolve) => {
    second.endSupervision = resolve;
  });
  client.socket.close();
  assert.equal(await left, first.heard[0]?.origin);
});
