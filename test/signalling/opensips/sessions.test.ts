/** The captured datagrams of whole calls, replayed over real sockets. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fault, type OavcError } from '../../../src/errors.js';
import { openLog } from '../../../src/log.js';
import { OpenSipsSignalling } from '../../../src/signalling/opensips/sessions.js';
import { answerSdp, readSdp } from '../../../src/signalling/sdp.js';
import { Arrivals, LegProbe } from '../../support/leg-probe.js';
import {
  answered,
  captured,
  capturedRequest,
  type MiRequest,
  OpenSipsStandIn,
} from '../../support/opensips-stand-in.js';

const key = 'B2B.101.486.1795356443.713059644';
const sdp = String(capturedRequest('ua-session-reply-200-sdp').params.body);
const local = { ip: '127.0.0.1', port: 35000, codecs: ['PCMU', 'PCMA'], sessionId: 7, version: 1 } as const;
const answerTo = async (offer: string) => answerSdp({ remote: readSdp(offer), local }).sdp;
const timeout = 15_000;

let opensips: OpenSipsStandIn;
let signalling: OpenSipsSignalling;
let legs: Arrivals<LegProbe>;

const options = () => ({
  miIp: '127.0.0.1',
  miPort: opensips.port,
  eventIp: '127.0.0.1',
  eventPort: 0,
  timeoutMs: 300,
  expireS: 60,
  log: openLog('test', 'silent'),
});

beforeEach(async () => {
  opensips = await OpenSipsStandIn.start();
  signalling = new OpenSipsSignalling(options());
  legs = new Arrivals();
});

afterEach(async () => {
  await signalling.stop();
  assert.deepEqual(signalling.held(), { legs: 0, transactions: 0 });
  await opensips.goAway().catch(() => undefined);
});

const start = () => signalling.start((leg) => legs.push(new LegProbe(leg, answerTo)));

/** A session that was announced by this capture and answered. */
async function running(name = 'new-invite'): Promise<LegProbe> {
  await start();
  await opensips.raise(name);
  const probe = await legs.next();
  await probe.leg.answer(sdp);
  await opensips.next('ua_session_reply');
  return probe;
}

/** The command as it was captured, id and what only this program adds left out. */
const params = ({ params }: MiRequest, ...added: string[]) => {
  const rest = { ...params };
  for (const name of added) delete rest[name];
  return rest;
};
const expected = (name: string) => capturedRequest(name).params;
const refusedWith = (code: string) => (thrown: unknown) => (thrown as OavcError).code === code;

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

/** A capture of another session, made one of `to`. */
function withKey(name: string, to = key): Buffer {
  const bytes = captured(`event-${name}`).toString('latin1');
  return Buffer.from(bytes.replace(/"key":"[^"]+"/, `"key":"${to}"`), 'latin1');
}

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
    ['updated-message', 405],
    ['updated-refer', 405],
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

  test('an event of an unknown session is dropped', async () => {
    const probe = await running();
    await opensips.raise(withKey('updated-info-dtmf', 'B2B.9.9.9.9'));
    await opensips.raise(Buffer.from('rubbish'));
    await opensips.raise('updated-info-dtmf');
    await probe.digits.next();
    assert.equal(signalling.strays, 2);
  });
});

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
    ['uac-rejected-486', 'SIP_REFUSED'],
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
    const placed = assert.rejects(signalling.place(uri, 'bot', offer, wish.signal), refusedWith('SIP_REFUSED'));
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
    signalling = new OpenSipsSignalling({ ...options(), expireS: 1 });
    const probe = await running();
    await opensips.goAway();
    await opensips.comeBack();
    opensips.answer('ua_session_list', 'ua-session-list-not-found');
    const { end } = await probe.ended.next();
    assert.equal(end, 'failed');
    await opensips.raise('new-invite');
    await legs.next();
  });

  test('a call that OpenSIPS still has survives each renewal', async () => {
    signalling = new OpenSipsSignalling({ ...options(), expireS: 1 });
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
