/** Requests within a call, theirs and ours. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { header } from '../../../src/signalling/sip/headers.js';
import { LegProbe } from '../../support/leg-probe.js';
import { newCall, SipPeer, toTagOf } from '../../support/sip-peer.js';
import { answerTo, legs, peer, running, sdp, server, timeout } from './scene.js';

describe('within a call', { timeout }, () => {
  test('OPTIONS outside and inside', async () => {
    peer.send('OPTIONS', newCall());
    const response = await peer.response(200, 'OPTIONS');
    assert.deepEqual(response.headers.allow?.slice(0, 3), ['INVITE', 'ACK', 'BYE']);
    assert.equal(header(response, 'accept'), 'application/sdp');
    const { call } = await running();
    peer.send('OPTIONS', call);
    await peer.response(200, 'OPTIONS');
  });

  test('text is taken where somebody reads it', async () => {
    const { probe, call } = await running();
    const text = { body: 'Ne kadar?', contentType: 'text/plain;charset=utf-8' };
    peer.send('MESSAGE', call, text);
    await peer.response(403, 'MESSAGE');
    const reading = new LegProbe(probe.leg, answerTo, true);
    peer.send('MESSAGE', call, text);
    await peer.response(200, 'MESSAGE');
    assert.equal(await reading.texts.next(), 'Ne kadar?');
    peer.send('MESSAGE', newCall(), text);
    await peer.response(481, 'MESSAGE');
  });

  test('hold and resume', async () => {
    const { probe, call } = await running();
    for (const [theirs, ours] of [
      ['sendonly', 'recvonly'],
      ['inactive', 'inactive'],
      ['sendrecv', 'sendrecv'],
    ] as const) {
      peer.send('INVITE', call, { body: sdp.replace('a=sendrecv', `a=${theirs}`) });
      const ok = await peer.response(200, 'INVITE');
      assert.match(ok.body, new RegExp(`a=${ours}\\r\\n`));
      peer.send('ACK', call);
      await probe.offers.next();
    }
    peer.send('UPDATE', call, { body: sdp });
    assert.match((await peer.response(200, 'UPDATE')).body, /m=audio 35000/);
  });

  test('a re-INVITE without SDP', async () => {
    const { probe, call } = await running();
    peer.send('INVITE', call);
    assert.match((await peer.response(200, 'INVITE')).body, /m=audio 35000/);
    peer.send('ACK', call, { body: sdp });
    assert.equal(await probe.offers.next(), sdp);
  });

  test('an offer that does not fit is refused, the call goes on', async () => {
    const { call } = await running();
    peer.send('INVITE', call, { body: sdp.replace('RTP/AVP 0', 'RTP/AVP 18') });
    await peer.response(488, 'INVITE');
    assert.equal(server.held().legs, 1);
  });

  test('only what is accepted moves the peer (RFC 3261, 12.2)', async () => {
    const { probe, call } = await running();
    const elsewhere = await SipPeer.open(peer.serverPort);
    elsewhere.send('INVITE', call, { body: sdp.replace('RTP/AVP 0', 'RTP/AVP 18') });
    await elsewhere.response(488, 'INVITE');
    const refused = probe.leg.transfer('1');
    peer.answer(await peer.request('REFER'), 603, 'Decline');
    await refused;
    elsewhere.send('UPDATE', call);
    await elsewhere.response(200, 'UPDATE');
    const again = probe.leg.transfer('1');
    elsewhere.answer(await elsewhere.request('REFER'), 603, 'Decline');
    await again;
    peer.send('BYE', call);
    await peer.response(200, 'BYE');
    elsewhere.close();
  });

  test('digits', async () => {
    const { probe, call } = await running();
    peer.send('INFO', call, { contentType: 'application/dtmf-relay', body: 'Signal=7\r\nDuration=120\r\n' });
    await peer.response(200, 'INFO');
    peer.send('INFO', call, { contentType: 'text/plain', body: '7' });
    await peer.response(415, 'INFO');
    assert.deepEqual(await probe.digits.next(), { digit: '7', durationMs: 120 });
  });

  test('a request out of order is refused', async () => {
    const { call } = await running();
    peer.send('OPTIONS', { ...call, cseq: 50 });
    await peer.response(200, 'OPTIONS');
    peer.send('OPTIONS', { ...call, cseq: 20 });
    await peer.response(500, 'OPTIONS');
  });

  test('transfer, reported done', async () => {
    const { probe, call } = await running();
    const outcome = probe.leg.transfer('1234');
    const refer = await peer.request('REFER');
    assert.equal(header(refer, 'refer-to'), '<sip:1234@127.0.0.1>');
    peer.answer(refer, 202, 'Accepted');
    peer.send('NOTIFY', call, { headers: ['Event: refer', 'Subscription-State: active'], body: 'SIP/2.0 100 Trying' });
    await peer.response(200, 'NOTIFY');
    peer.send('NOTIFY', call, { headers: ['Event: refer', 'Subscription-State: terminated'], body: 'SIP/2.0 200 OK' });
    assert.deepEqual(await outcome, { success: true, status: 200, reason: 'OK' });
  });

  test('transfer, refused', async () => {
    const { probe } = await running();
    const outcome = probe.leg.transfer('sip:agent@127.0.0.1');
    peer.answer(await peer.request('REFER'), 603, 'Decline');
    assert.deepEqual(await outcome, { success: false, status: 603, reason: 'Decline' });
  });

  test('transfer to a peer that leaves with BYE', async () => {
    const { probe, call } = await running();
    const outcome = probe.leg.transfer('sip:agent@127.0.0.1');
    peer.answer(await peer.request('REFER'), 202, 'Accepted');
    peer.send('NOTIFY', call, { headers: ['Event: refer', 'Subscription-State: active'], body: 'SIP/2.0 100 Trying' });
    await peer.response(200, 'NOTIFY');
    peer.send('BYE', call);
    assert.equal((await outcome).success, true);
    assert.equal((await probe.ended.next()).end, 'transferred');
  });
});

describe('before the answer', { timeout }, () => {
  const ringing = async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const probe = await legs.next();
    probe.leg.ringing();
    call.toTag = toTagOf(await peer.response(180));
    return { call, probe };
  };

  test('UPDATE with an offer has to wait, one without moves the peer', async () => {
    const { call, probe } = await ringing();
    peer.send('UPDATE', call, { body: sdp });
    assert.equal(header(await peer.response(500, 'UPDATE'), 'retry-after'), '1');
    peer.send('UPDATE', call);
    await peer.response(200, 'UPDATE');
    const acknowledged = probe.leg.answer(await answerTo(sdp));
    await peer.response(200, 'INVITE');
    peer.send('ACK', { ...call, cseq: 1 });
    await acknowledged;
    peer.send('UPDATE', call, { body: sdp });
    await peer.response(200, 'UPDATE');
  });

  test('BYE is as CANCEL', async () => {
    const { call, probe } = await ringing();
    peer.send('BYE', call);
    await peer.response(200, 'BYE');
    await peer.response(487, 'INVITE');
    peer.send('ACK', { ...call, cseq: 1 });
    assert.equal((await probe.ended.next()).end, 'cancelled');
    assert.equal(server.held().legs, 0);
  });
});
