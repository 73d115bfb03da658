/** Sessions that we start. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSdp } from '../../../src/signalling/sdp.js';
import { LegProbe } from '../../support/leg-probe.js';
import { answered, captured, capturedRequest } from '../../support/opensips-stand-in.js';
import { answerTo, opensips, refusedWith, signalling, start, timeout, withKey } from './scene.js';

describe('a call that we place', { timeout }, () => {
  const uri = 'sip:bob@127.0.0.1:60782';
  const offer = String(capturedRequest('ua-session-client-start').params.body);
  const started = 'ua-session-client-start-ok';

  test('rings, is answered, held and ended by the callee', async () => {
    await start();
    const placed = signalling.place(uri, 'bot', offer);
    const { params } = await opensips.next('ua_session_client_start');
    assert.deepEqual([params.ruri, params.to, params.from, params.body], [uri, uri, 'sip:bot@127.0.0.1', offer]);
    await opensips.raise('uac-early-180');
    await opensips.raise('uac-early-183-sdp');
    await opensips.raise('uac-answered-200');
    const probe = new LegProbe(await placed, answerTo);
    assert.deepEqual([probe.leg.direction, readSdp(probe.leg.remoteSdp).port], ['outbound', 40000]);
    await opensips.raise('uac-updated-invite-hold');
    assert.match(String((await opensips.next('ua_session_reply')).params.body), /a=recvonly/);
    await opensips.raise('uac-terminated-bye');
    assert.equal((await probe.ended.next()).end, 'hangup');
  });

  test('is answered before OpenSIPS says which session it is', async () => {
    await start();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    opensips.answer('ua_session_client_start', (request) => {
      void opensips.raise('uac-answered-200').then(() => held);
      return answered(started, request);
    });
    release();
    const leg = await signalling.place(uri, 'sip:bot@example.org', offer);
    assert.equal(readSdp(leg.remoteSdp).port, 40000);
  });

  const failures: [name: string, code: string][] = [
    ['uac-rejected-486', 'CALL_BUSY'],
    ['uac-rejected-408-timeout', 'SIP_TIMEOUT'],
  ];
  for (const [name, code] of failures)
    test(`${name} is ${code}`, async () => {
      await start();
      const startKey = JSON.parse(captured(`mi-response-${started}`).toString()).result;
      const placed = assert.rejects(signalling.place(uri, 'bot', offer), refusedWith(code));
      await opensips.next('ua_session_client_start');
      await opensips.raise(withKey(name, startKey));
      await placed;
    });

  test('is refused by OpenSIPS itself', async () => {
    await start();
    opensips.answer('ua_session_client_start', 'ua-session-client-start-failed');
    await assert.rejects(signalling.place(uri, 'bot', offer), refusedWith('MI_ERROR'));
  });

  test('is given up while it rings', async () => {
    await start();
    const wish = new AbortController();
    const placed = assert.rejects(
      signalling.place(uri, 'bot', offer, { signal: wish.signal }),
      refusedWith('CALL_CANCELLED'),
    );
    await opensips.next('ua_session_client_start');
    await opensips.raise('uac-early-180');
    wish.abort();
    await placed;
    await opensips.next('ua_session_terminate');
  });

  test('is not started twice when the answer is lost, and ended when it is answered after all', async () => {
    await start();
    opensips.loseAnswers = 1;
    await assert.rejects(signalling.place(uri, 'bot', offer), refusedWith('MI_TIMEOUT'));
    await opensips.next('ua_session_client_start');
    assert.ok(!opensips.untaken.includes('ua_session_client_start'));
    await opensips.raise('uac-answered-200');
    await opensips.next('ua_session_terminate');
  });
});
