/** Sessions that come in: captured datagrams, replayed over real sockets. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSdp } from '../../../src/signalling/sdp.js';
import {
  expected,
  key,
  legs,
  opensips,
  params,
  refusedWith,
  running,
  sdp,
  signalling,
  start,
  timeout,
  withKey,
} from './scene.js';

describe('a call that comes in', { timeout }, () => {
  test('is announced, rings, is answered, and ends with the BYE of the caller', async () => {
    await start();
    await opensips.raise('new-invite');
    const probe = await legs.next();
    const { from, to, calledUser, remoteSdp, direction } = probe.leg;
    assert.match(from, /^sip:alice@127\.0\.0\.1:\d+$/);
    assert.deepEqual([to, calledUser, direction], ['sip:bot@127.0.0.1:5060', 'bot', 'inbound']);
    assert.equal(readSdp(remoteSdp).port, 40000);
    probe.leg.ringing();
    assert.deepEqual((await opensips.next('ua_session_reply')).params, { ...expected('ua-session-reply-180'), key });
    assert.equal(await probe.leg.answer(sdp), '');
    const reply = await opensips.next('ua_session_reply');
    assert.deepEqual(params(reply, 'extra_headers'), expected('ua-session-reply-200-sdp'));
    assert.match(String(reply.params.extra_headers), /^Allow: [A-Z, ]+\r\n$/);
    await opensips.raise('terminated-bye');
    assert.equal((await probe.ended.next()).end, 'hangup');
    assert.equal(signalling.held().legs, 0);
    await probe.leg.hangup();
    assert.ok(!opensips.untaken.includes('ua_session_terminate'), 'a session that has ended needs no end');
  });

  test('may be told of early media', async () => {
    await start();
    await opensips.raise('new-invite');
    (await legs.next()).leg.ringing(sdp);
    assert.deepEqual((await opensips.next('ua_session_reply')).params, {
      ...expected('ua-session-reply-183-sdp'),
      key,
    });
  });

  test('is hung up by us', async () => {
    const probe = await running();
    await Promise.all([probe.leg.hangup(), probe.leg.hangup()]);
    assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key });
    assert.ok(!opensips.untaken.includes('ua_session_terminate'));
    assert.deepEqual(probe.ended.waiting, []);
  });

  test('is refused, and its record freed', async () => {
    await start();
    await opensips.raise('new-invite');
    const probe = await legs.next();
    await probe.leg.refuse(488, 'Not Acceptable Here');
    const refusal = await opensips.next('ua_session_reply');
    assert.deepEqual(refusal.params, { ...expected('ua-session-reply-488'), key });
    assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key });
  });

  test('is cancelled: the INVITE is still owed its 487', async () => {
    await start();
    await opensips.raise(withKey('new-invite'));
    const probe = await legs.next();
    await opensips.raise(withKey('terminated-cancel'));
    assert.equal((await probe.ended.next()).end, 'cancelled');
    assert.deepEqual((await opensips.next('ua_session_reply')).params, { ...expected('ua-session-reply-487'), key });
    assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key });
    await assert.rejects(probe.leg.answer(sdp), refusedWith('CALL_ENDED'));
    assert.ok(!opensips.untaken.includes('ua_session_reply'), 'a 200 now would open the call');
  });

  test('that OpenSIPS lost before our 200 is not answered', async () => {
    await start();
    opensips.answer('ua_session_reply', 'ua-session-reply-failed');
    await opensips.raise('new-invite');
    await assert.rejects((await legs.next()).leg.answer(sdp), refusedWith('MI_ERROR'));
    await opensips.next('ua_session_terminate');
  });

  for (const name of [
    'new-invite-compact-headers',
    'new-invite-multipart',
    'new-invite-opus',
    'new-invite-extra-params',
  ])
    test(`${name}: SDP is found`, async () => {
      await start();
      await opensips.raise(name);
      assert.ok(readSdp((await legs.next()).leg.remoteSdp).codecs.length > 0);
    });

  const bodiless: [name: string, status: number][] = [
    ['new-invite-no-content-length', 411],
    ['new-invite-flags-none', 500],
    ['new-invite-flags-h', 411],
  ];
  for (const [name, status] of bodiless)
    test(`${name} is refused with ${status}`, async () => {
      await start();
      await opensips.raise(name);
      assert.equal((await opensips.next('ua_session_reply')).params.code, status);
      await opensips.next('ua_session_terminate');
    });

  test('without SDP gets an offer, and its answer comes in the ACK', async () => {
    await start();
    await opensips.raise(withKey('new-invite-no-sdp'));
    const probe = await legs.next();
    assert.equal(probe.leg.remoteSdp, '');
    const acknowledged = probe.leg.answer(sdp);
    await opensips.next('ua_session_reply');
    await opensips.raise(withKey('updated-ack-sdp'));
    assert.equal(readSdp(await acknowledged).port, 40000);
  });

  test('comes twice when two subscriptions exist, and is one call', async () => {
    await start();
    await opensips.raise('new-invite', 2);
    await opensips.raise(withKey('new-invite-opus', 'B2B.1.1.1.1'));
    await legs.next();
    assert.equal((await legs.next()).leg.key, 'B2B.1.1.1.1');
  });
});
