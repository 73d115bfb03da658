import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expected, opensips, refusedWith, running, signalling, timeout } from './scene.js';

describe('transfer', { timeout }, () => {
  const transferring = async () => {
    const probe = await running();
    const outcome = probe.leg.transfer('sip:agent@127.0.0.1:5099');
    return { probe, outcome, request: await opensips.next('ua_session_update') };
  };

  test('is reported done', async () => {
    const { probe, outcome, request } = await transferring();
    const { extra_headers, ...rest } = request.params;
    const { extra_headers: wanted, ...others } = expected('ua-session-update-refer');
    assert.deepEqual(rest, others);
    assert.equal(String(extra_headers).split('\r\n')[0], String(wanted).split('\r\n')[0]);
    for (const name of ['answered-refer-202', 'updated-notify-trying', 'updated-notify-ok']) await opensips.raise(name);
    assert.deepEqual(await outcome, { success: true, status: 200, reason: 'OK' });
    assert.deepEqual((await opensips.next('ua_session_reply')).params, expected('ua-session-reply-200-notify'));
    await probe.leg.hangup();
    await opensips.next('ua_session_terminate');
  });

  test('is refused, and the call goes on', async () => {
    const { outcome } = await transferring();
    await opensips.raise('rejected-refer-603');
    assert.deepEqual(await outcome, { success: false, status: 603, reason: 'Decline' });
    assert.equal(signalling.held().legs, 1);
  });

  test('fails at the new destination', async () => {
    const { outcome } = await transferring();
    await opensips.raise('answered-refer-202');
    await opensips.raise('updated-notify-failed');
    const { success, status } = await outcome;
    assert.equal(success, false);
    assert.ok(status >= 400);
  });

  test('is done by a peer that says only BYE', async () => {
    const { probe, outcome } = await transferring();
    await opensips.raise('answered-refer-202');
    await opensips.raise('terminated-bye');
    assert.equal((await outcome).success, true);
    assert.equal((await probe.ended.next()).end, 'transferred');
  });

  test('to something that is no destination is not even asked for', async () => {
    const probe = await running();
    for (const wrong of ['', 'sip:a@b>\r\nX: y', 'a b@c', 'http://x'])
      await assert.rejects(probe.leg.transfer(wrong), refusedWith('NOT_SUPPORTED'));
    assert.ok(!opensips.untaken.includes('ua_session_update'));
  });

  test('of which OpenSIPS will not hear', async () => {
    const probe = await running();
    opensips.answer('ua_session_update', 'ua-session-update-failed');
    assert.equal((await probe.leg.transfer('1234')).success, false);
  });
});
