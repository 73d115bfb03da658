/** Events within a session. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fault } from '../../../src/errors.js';
import { readSdp } from '../../../src/signalling/sdp.js';
import { LegProbe } from '../../support/leg-probe.js';
import { answerTo, expected, key, legs, opensips, running, sdp, signalling, start, timeout, withKey } from './scene.js';

describe('within a call', { timeout }, () => {
  test('hold, resume and UPDATE are answered', async () => {
    const probe = await running();
    const steps: [name: string, direction: string, method: string][] = [
      ['updated-invite-hold', 'recvonly', 'INVITE'],
      ['updated-invite-inactive', 'inactive', 'INVITE'],
      ['updated-invite-resume', 'sendrecv', 'INVITE'],
      ['updated-update', 'sendrecv', 'UPDATE'],
    ];
    for (const [name, direction, method] of steps) {
      await opensips.raise(name);
      await probe.offers.next();
      const { params } = await opensips.next('ua_session_reply');
      assert.deepEqual([params.method, params.code], [method, 200]);
      assert.match(String(params.body), new RegExp(`a=${direction}\\r\\n`));
    }
  });

  test('a re-INVITE without SDP gets our offer, and the ACK its answer', async () => {
    const probe = await running();
    await opensips.raise('updated-invite-no-sdp');
    assert.equal((await opensips.next('ua_session_reply')).params.body, sdp);
    await opensips.raise(withKey('updated-ack-sdp'));
    assert.equal(readSdp(await probe.offers.next()).port, 40000);
  });

  test('an offer that does not fit is refused and the call goes on', async () => {
    await start();
    await opensips.raise('new-invite');
    const { leg } = await legs.next();
    new LegProbe(leg, async () => {
      throw fault('SDP_UNACCEPTABLE', 'a test');
    });
    await leg.answer(sdp);
    await opensips.next('ua_session_reply');
    await opensips.raise('updated-invite-hold');
    assert.equal((await opensips.next('ua_session_reply')).params.code, 488);
    assert.equal(signalling.held().legs, 1);
  });

  test('CANCEL of a re-INVITE leaves the call', async () => {
    await start();
    await opensips.raise('new-invite');
    const { leg } = await legs.next();
    let decide: (answer: string) => void = () => undefined;
    const probe = new LegProbe(leg, () => new Promise((resolve) => (decide = resolve)));
    await leg.answer(sdp);
    await opensips.next('ua_session_reply');
    await opensips.raise('updated-invite-hold');
    await probe.offers.next();
    await opensips.raise(withKey('terminated-cancel'));
    assert.equal((await opensips.next('ua_session_reply')).params.code, 487);
    decide(sdp);
    await opensips.raise('updated-info-dtmf');
    assert.equal((await opensips.next('ua_session_reply')).params.method, 'INFO', 'no 200 to the INVITE comes before');
    assert.deepEqual(probe.ended.waiting, []);
  });

  test('digits come by INFO in both forms', async () => {
    const probe = await running();
    await opensips.raise('updated-info-dtmf-relay');
    assert.deepEqual(await probe.digits.next(), { digit: '5', durationMs: 160 });
    assert.deepEqual((await opensips.next('ua_session_reply')).params, expected('ua-session-reply-200-info'));
    await opensips.raise('updated-info-dtmf');
    assert.deepEqual(await probe.digits.next(), { digit: '#', durationMs: 160 });
  });

  const others: [name: string, code: number][] = [
    ['updated-options', 200],
    ['updated-message', 403],
    ['updated-refer', 603],
    ['updated-info-utf8', 415],
    ['updated-info-invalid-utf8', 415],
    ['updated-notify-trying', 200],
  ];
  for (const [name, code] of others)
    test(`${name} is answered with ${code}`, async () => {
      await running();
      await opensips.raise(name);
      const { params } = await opensips.next('ua_session_reply');
      assert.equal(params.code, code);
      if (params.extra_headers !== undefined) assert.equal(params.body, '', 'extra_headers need a body');
    });

  test('text is taken where somebody reads it', async () => {
    const { leg } = await running();
    const probe = new LegProbe(leg, answerTo, true);
    await opensips.raise('updated-message');
    assert.equal(await probe.texts.next(), 'hello');
    assert.equal((await opensips.next('ua_session_reply')).params.code, 200);
  });

  test('who asks us to call somebody hears how that goes, one NOTIFY after the other', async () => {
    const { leg } = await running();
    const probe = new LegProbe(leg, answerTo, true);
    await opensips.raise('updated-refer');
    const { target, report } = await probe.referred.next();
    assert.equal(target, 'sip:other@127.0.0.1');
    assert.equal((await opensips.next('ua_session_reply')).params.code, 202);
    report(486, 'Busy Here');
    report(200, 'OK');
    const told = [await opensips.next('ua_session_update'), await opensips.next('ua_session_update')];
    assert.deepEqual(told[0]?.params, {
      key,
      method: 'NOTIFY',
      body: 'SIP/2.0 100 Trying\r\n',
      content_type: 'Content-Type: message/sipfrag;version=2.0\r\n',
      extra_headers: 'Event: refer;id=11\r\nSubscription-State: active;expires=180\r\n',
    });
    assert.equal(told[1]?.params.body, 'SIP/2.0 486 Busy Here\r\n');
    assert.match(String(told[1]?.params.extra_headers), /^Event: refer;id=11\r\nSubscription-State: terminated;/);
    assert.ok(!opensips.untaken.includes('ua_session_update'), 'nothing follows a final status');
  });

  test('an event of an unknown session is dropped', async () => {
    const probe = await running();
    await opensips.raise(withKey('updated-info-dtmf', 'B2B.9.9.9.9'));
    await opensips.raise(Buffer.from('rubbish'));
    await opensips.raise('updated-info-dtmf');
    await probe.digits.next();
    assert.equal(signalling.strays, 2);
  });
});
