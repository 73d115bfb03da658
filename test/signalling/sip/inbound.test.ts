/** Calls that come in, over a real socket, from a peer that can do everything wrong. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { offerSdp, readSdp } from '../../../src/signalling/sdp.js';
import { header } from '../../../src/signalling/sip/headers.js';
import { newCall, SipPeer, toTagOf } from '../../support/sip-peer.js';
import { answerTo, legs, local, pass, peer, refusedWith, running, sdp, server, timeout } from './scene.js';

describe('a call that comes in', { timeout }, () => {
  test('rings, is answered, and ends with BYE', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp, headers: ['Record-Route: <sip:127.0.0.1;lr>'] });
    const probe = await legs.next();
    await peer.response(100);
    assert.deepEqual(
      [probe.leg.key, probe.leg.calledUser, probe.leg.from],
      [call.callId, 'bot', `sip:alice@127.0.0.1:${peer.port}`],
    );
    probe.leg.ringing();
    const ringing = await peer.response(180);
    const acknowledged = probe.leg.answer(await answerTo(probe.leg.remoteSdp));
    const ok = await peer.response(200);
    assert.equal(toTagOf(ringing), toTagOf(ok));
    assert.match(header(ok, 'via'), new RegExp(`rport=${peer.port};received=127\\.0\\.0\\.1`));
    assert.match(header(ok, 'contact'), /^<sip:oavc@127\.0\.0\.1:\d+>$/);
    assert.equal(header(ok, 'record-route'), '<sip:127.0.0.1;lr>');
    assert.equal(readSdp(ok.body).port, 35000);
    call.toTag = toTagOf(ok);
    peer.send('ACK', call);
    assert.equal(await acknowledged, '');
    peer.send('BYE', call);
    await peer.response(200, 'BYE');
    assert.equal((await probe.ended.next()).end, 'hangup');
    assert.equal(server.held().legs, 0);
  });

  test('may be told of early media', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const { leg } = await legs.next();
    leg.ringing(await answerTo(sdp));
    const early = await peer.response(183);
    assert.equal(header(early, 'content-type'), 'application/sdp');
    assert.equal(readSdp(early.body).port, 35000);
    const acknowledged = leg.answer(await answerTo(sdp));
    const ok = await peer.response(200);
    assert.deepEqual([toTagOf(early), early.body], [toTagOf(ok), ok.body], 'one dialog, one answer (RFC 3261, 13.2.1)');
    leg.ringing(sdp);
    peer.send('ACK', { ...call, toTag: toTagOf(ok) });
    await acknowledged;
    assert.ok(!peer.untaken.includes(183), 'nothing provisional after the answer');
  });

  test('is hung up by us, with requests that the dialog numbers', async () => {
    const { probe, call } = await running();
    const done = probe.leg.hangup();
    const bye = await peer.request('BYE');
    assert.deepEqual([header(bye, 'cseq'), header(bye, 'call-id')], ['1 BYE', call.callId]);
    assert.ok(header(bye, 'from').endsWith(`tag=${call.toTag}`));
    peer.answer(bye, 200, 'OK');
    await done;
    await probe.leg.hangup();
    assert.deepEqual(probe.ended.waiting, []);
  });

  test('an INVITE that is repeated is one call, and its answer is repeated', async () => {
    const call = newCall();
    const invite = peer.send('INVITE', call, { body: sdp });
    peer.sendRaw(invite);
    const probe = await legs.next();
    await peer.response(100);
    await peer.response(100);
    assert.deepEqual(legs.waiting, []);
    await probe.leg.refuse(488, 'Not Acceptable Here');
    await peer.response(488);
    pass(600);
    await peer.response(488);
    peer.sendRaw(invite);
    call.toTag = toTagOf(await peer.response(488));
    assert.equal(server.held().legs, 0);
  });

  test('a 200 is repeated until its ACK', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const acknowledged = (await legs.next()).leg.answer(sdp);
    await peer.response(200);
    pass(600);
    await peer.response(200);
    pass(1000);
    call.toTag = toTagOf(await peer.response(200));
    peer.send('ACK', call);
    await acknowledged;
  });

  test('a 200 without an ACK ends in BYE', async () => {
    peer.send('INVITE', newCall(), { body: sdp });
    const probe = await legs.next();
    const acknowledged = assert.rejects(probe.leg.answer(sdp), refusedWith('SIP_TIMEOUT'));
    await peer.response(200);
    pass(33_000);
    await acknowledged;
    assert.equal((await probe.ended.next()).end, 'no-ack');
    peer.answer(await peer.request('BYE'), 200, 'OK');
  });

  test('BYE of ours waits for the ACK', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const { leg } = await legs.next();
    const acknowledged = leg.answer(sdp);
    call.toTag = toTagOf(await peer.response(200));
    const done = leg.hangup();
    peer.send('OPTIONS', newCall());
    await peer.response(200, 'OPTIONS');
    assert.ok(!peer.untaken.includes('BYE'));
    peer.send('ACK', call);
    await acknowledged;
    peer.answer(await peer.request('BYE'), 200, 'OK');
    await done;
  });

  test('is cancelled', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp, branch: 'z9hG4bKcancelled' });
    const probe = await legs.next();
    peer.send('CANCEL', call, { branch: 'z9hG4bKcancelled' });
    const cancelled = await peer.response(200, 'CANCEL');
    assert.equal(toTagOf(await peer.response(487, 'INVITE')), toTagOf(cancelled));
    peer.send('ACK', call, { branch: 'z9hG4bKcancelled' });
    assert.equal((await probe.ended.next()).end, 'cancelled');
    await assert.rejects(probe.leg.answer(sdp), refusedWith('CALL_ENDED'));
    assert.equal(server.held().legs, 0);
  });

  test('without SDP gets an offer, and its answer comes in the ACK', async () => {
    const call = newCall();
    peer.send('INVITE', call);
    const { leg } = await legs.next();
    assert.equal(leg.remoteSdp, '');
    const acknowledged = leg.answer(offerSdp(local));
    call.toTag = toTagOf(await peer.response(200));
    peer.send('ACK', call, { body: sdp });
    assert.equal(await acknowledged, sdp);
  });

  test('with routes: requests of ours go along them, strict first routers the old way', async () => {
    const call = newCall();
    const hop = await SipPeer.open(peer.serverPort);
    peer.send('INVITE', call, { body: sdp, headers: [`Record-Route: <sip:127.0.0.1:${hop.port}>, <sip:far;lr>`] });
    const { leg } = await legs.next();
    const acknowledged = leg.answer(sdp);
    call.toTag = toTagOf(await peer.response(200));
    peer.send('ACK', call);
    await acknowledged;
    const done = leg.hangup();
    const bye = await hop.request('BYE');
    assert.equal(bye.uri, `sip:127.0.0.1:${hop.port}`);
    assert.deepEqual(bye.headers.route, ['<sip:far;lr>', `<sip:alice@127.0.0.1:${peer.port}>`]);
    hop.answer(bye, 200, 'OK');
    await done;
    hop.close();
  });
});
