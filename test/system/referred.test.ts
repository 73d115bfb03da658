/** A caller of the own SIP asks the whole server to call somebody: he hears how it goes, and stays with his agent. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerSdp, offerSdp, readSdp } from '../../src/signalling/sdp.js';
import { header, tagOf } from '../../src/signalling/sip/headers.js';
import type { SipRequest } from '../../src/signalling/sip/message.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { type Call, newCall, SipPeer, toTagOf } from '../support/sip-peer.js';

const timeout = 60_000;
const local = { ip: '127.0.0.1', port: 40000, codecs: ['PCMU'], sessionId: 7, version: 1 } as const;
let server: TestServer;
let caller: SipPeer;
let carol: SipPeer;

before(async () => {
  carol = await SipPeer.open(0);
  server = await runServer({
    'stt.engine': 'scripted',
    'llm.engine': 'scripted',
    'tts.engine': 'scripted',
    'sip.refer': 'call',
    'transfer.allow': `sip:carol@127.0.0.1:${carol.port}`,
    'call.provisional': '183',
  });
  caller = await SipPeer.open(server.sip?.port ?? 0);
  carol.serverPort = caller.serverPort;
});
after(async () => {
  await server.idle();
  await server.stop();
  caller.close();
  carol.close();
});

/** A call that runs. */
async function talking(): Promise<Call> {
  const call = newCall();
  caller.send('INVITE', call, { body: offerSdp(local) });
  const early = await caller.response(183);
  const ok = await caller.response(200, 'INVITE');
  assert.equal(early.body, ok.body, 'one answer to the offer, early and late');
  call.toTag = toTagOf(ok);
  caller.send('ACK', call);
  await server.event('call-started', ({ callId }) => callId === call.callId);
  return call;
}

async function refer(call: Call, to: string): Promise<void> {
  caller.send('REFER', call, { headers: [`Refer-To: <${to}>`] });
  await caller.response(202, 'REFER');
  assert.equal(await told(), 'SIP/2.0 100 Trying');
}

/** What the next NOTIFY says. */
async function told(): Promise<string> {
  const notify = await caller.request('NOTIFY');
  caller.answer(notify, 200, 'OK');
  return notify.body.trim();
}

/** The agent of this call goes on talking. */
async function isBack(call: Call): Promise<void> {
  caller.send('MESSAGE', call, { body: 'still there', contentType: 'text/plain' });
  await caller.response(200, 'MESSAGE');
  await server.event('sentence', ({ callId, text }) => callId === call.callId && text.includes('still there'));
}

async function leave(call: Call): Promise<void> {
  caller.send('BYE', call);
  await caller.response(200, 'BYE');
  await server.event('call-ended', ({ callId }) => callId === call.callId);
}

const uri = () => `sip:carol@127.0.0.1:${carol.port}`;
const called = (invite: SipRequest): Call => ({
  callId: header(invite, 'call-id'),
  tag: 'carol',
  toTag: tagOf(header(invite, 'from')),
  cseq: 0,
});

test('whom he names is called and answered by an agent of her own', { timeout }, async () => {
  const call = await talking();
  await refer(call, uri());
  const invite = await carol.request('INVITE');
  carol.answer(invite, 180, 'Ringing', { toTag: 'carol' });
  assert.equal(await told(), 'SIP/2.0 180 Ringing');
  const { sdp: body } = answerSdp({ remote: readSdp(invite.body), local });
  carol.answer(invite, 200, 'OK', { toTag: 'carol', body });
  await carol.request('ACK');
  assert.equal(await told(), 'SIP/2.0 200 OK');
  const hers = called(invite);
  const { direction } = await server.event('call-started', ({ callId }) => callId === hers.callId);
  assert.equal(direction, 'outbound');
  await isBack(call);
  await leave(call);
  carol.send('BYE', hers);
  await carol.response(200, 'BYE');
  await server.event('call-ended', ({ callId }) => callId === hers.callId);
});

test('she is busy: he is told, and is back with his agent', { timeout }, async () => {
  const call = await talking();
  await refer(call, uri());
  const invite = await carol.request('INVITE');
  carol.answer(invite, 486, 'Busy Here', { toTag: 'carol' });
  assert.equal(await told(), 'SIP/2.0 486 Busy Here');
  await isBack(call);
  await leave(call);
});

test('where calls may not go nobody is called', { timeout }, async () => {
  const call = await talking();
  await refer(call, 'sip:mallory@127.0.0.1:9');
  assert.equal(await told(), 'SIP/2.0 403 Forbidden');
  await isBack(call);
  await leave(call);
});
