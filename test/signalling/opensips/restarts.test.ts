/** Lost answers, an OpenSIPS that is away, and what an earlier run left. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answered } from '../../support/opensips-stand-in.js';
import { key, legs, opensips, refusedWith, renewEachThird, running, start, timeout, withKey } from './scene.js';

describe('loss and restarts', { timeout }, () => {
  test('a command whose answer is lost is sent again with the same id', async () => {
    const probe = await running();
    opensips.loseAnswers = 1;
    await probe.leg.hangup();
    const [first, second] = [await opensips.next('ua_session_terminate'), await opensips.next('ua_session_terminate')];
    assert.equal(first.id, second.id);
  });

  test('sessions of an earlier run are ended at the start', async () => {
    opensips.answer('ua_session_list', 'ua-session-list-established');
    await start();
    assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key });
    assert.ok(!opensips.untaken.includes('ua_session_reply'));
  });

  test('a caller who waits since an earlier run is refused', async () => {
    opensips.answer('ua_session_list', (request) => {
      const list = JSON.parse(answered('ua-session-list-pending', request));
      return JSON.stringify({ ...list, result: [list.result] });
    });
    await start();
    assert.equal((await opensips.next('ua_session_reply')).params.code, 503);
    await opensips.next('ua_session_terminate');
  });

  test('a list that does not fit a datagram keeps nobody from starting', async () => {
    opensips.answer('ua_session_list', () => '500 Internal error');
    await start();
    await opensips.raise('new-invite');
    await legs.next();
  });

  test('OpenSIPS that is away at the start is waited for', async () => {
    await opensips.goAway();
    await start();
    await opensips.comeBack();
    await opensips.next('event_subscribe');
    await opensips.next('ua_session_list');
    await opensips.raise('new-invite');
    await legs.next();
  });

  test('a restart in mid-call: the subscription comes back, calls that are no more are closed', async () => {
    renewEachThird();
    const probe = await running();
    await opensips.goAway();
    await opensips.comeBack();
    opensips.answer('ua_session_list', 'ua-session-list-not-found');
    const { end } = await probe.ended.next();
    assert.equal(end, 'failed');
    await opensips.raise(withKey('new-invite', 'B2B.1.2.3.4'));
    await legs.next();
  });

  test('a call that OpenSIPS still has survives each renewal', async () => {
    renewEachThird();
    opensips.answer('ua_session_list', (request) =>
      answered(request.params.key === undefined ? 'ua-session-list-empty' : 'ua-session-list-pending', request),
    );
    const probe = await running();
    for (let renewals = 0; renewals < 3; renewals++) await opensips.next('event_subscribe');
    await opensips.raise('terminated-bye');
    assert.equal((await probe.ended.next()).end, 'hangup');
  });

  test('OpenSIPS that refuses the subscription is a fault of the installation', async () => {
    opensips.answer('event_subscribe', 'event-subscribe-bad-value');
    await assert.rejects(start(), refusedWith('MI_ERROR'));
  });
});
