/** The user agent over a real socket, against a peer that can do everything wrong. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { OavcError } from '../../../src/errors.js';
import { openLog } from '../../../src/log.js';
import { answerSdp, offerSdp, readSdp } from '../../../src/signalling/sdp.js';
import { header } from '../../../src/signalling/sip/headers.js';
import { SipServer } from '../../../src/signalling/sip/server.js';
import { Arrivals, LegProbe } from '../../support/leg-probe.js';
import { type Call, newCall, SipPeer, toTagOf } from '../../support/sip-peer.js';

const timeout = 15_000;
const local = { ip: '127.0.0.1', port: 35000, codecs: ['PCMU'], sessionId: 7, version: 1 } as const;
const sdp = offerSdp({ ...local, port: 40000 });
const answerTo = async (offer: string) => answerSdp({ remote: readSdp(offer), local }).sdp;
const refusedWith = (code: string) => (thrown: unknown) => (thrown as OavcError).code === code;

let server: SipServer;
let peer: SipPeer;
let legs: Arrivals<LegProbe>;
/** Runs ahead of the real clock, so that timers of half a minute need none. */
let aheadNs: bigint;

beforeEach(async () => {
  aheadNs = 0n;
  server = new SipServer({
    ip: '127.0.0.1',
    port: 0,
    maxCalls: 2,
    log: openLog('test', 'silent'),
    userAgent: 'test',
    now: () => process.hrtime.bigint() + aheadNs,
  });
  legs = new Arrivals();
  const { port } = await server.start((leg) => legs.push(new LegProbe(leg, answerTo)));
  peer = await SipPeer.open(port);
});

afterEach(async () => {
  const stopped = server.stop();
  // Whoever is still called by the server says yes, so that stopping needs no time.
  void peer.request('BYE').then((bye) => peer.answer(bye, 200, 'OK'));
  await stopped;
  assert.deepEqual(server.held(), { legs: 0, transactions: 0 });
  peer.close();
});

const pass = (ms: number) => {
  aheadNs += BigInt(ms) * 1_000_000n;
};

/** An answered and acknowledged call. */
async function running(): Promise<{ probe: LegProbe; call: Call }> {
  const call = newCall();
  peer.send('INVITE', call, { body: sdp });
  const probe = await legs.next();
  const acknowledged = probe.leg.answer(await answerTo(sdp));
  const ok = await peer.response(200);
  call.toTag = toTagOf(ok);
  peer.send('ACK', call);
  await acknowledged;
  return { probe, call };
}

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
    await peer.response(200, 'CANCEL');
    await peer.response(487, 'INVITE');
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

describe('what is refused', { timeout }, () => {
  const rows: [name: string, send: (call: Call) => void, status: number, check?: [string, RegExp]][] = [
    ['a method that is not known', (call) => peer.send('PUBLISH', call), 405, ['allow', /INVITE/]],
    [
      'an extension',
      (call) => peer.send('INVITE', call, { headers: ['Require: 100rel, timer'] }),
      420,
      ['unsupported', /100rel/],
    ],
    ['a URI that is not SIP', (call) => peer.send('INVITE', call, { uri: 'tel:+1' }), 416],
    [
      'a body that is not SDP',
      (call) => peer.send('INVITE', call, { contentType: 'text/plain', body: 'hi' }),
      415,
      ['accept', /application\/sdp/],
    ],
    ['BYE of nothing', (call) => peer.send('BYE', call), 481],
    ['CANCEL of nothing', (call) => peer.send('CANCEL', { ...call, cseq: 1 }), 481],
    ['a dialog that is over', (call) => peer.send('INFO', { ...call, toTag: 'gone' }), 481],
    ['a CSeq of another method', (call) => peer.send('INVITE', call, { cseq: '1 BYE' }), 400],
    [
      'a Content-Length that is too long',
      (call) => peer.sendRaw(peer.send('ACK', call).replace(/ACK/g, 'INVITE').replace('Length: 0', 'Length: 99')),
      400,
    ],
  ];
  for (const [name, send, status, check] of rows)
    test(name, async () => {
      send(newCall());
      const response = await peer.response(status);
      if (check) assert.match(header(response, check[0]), check[1]);
      assert.deepEqual(legs.waiting, []);
    });

  test('more calls than there may be', async () => {
    await running();
    await running();
    peer.send('INVITE', newCall(), { body: sdp });
    await peer.response(486);
    peer.send('OPTIONS', newCall());
    await peer.response(486, 'OPTIONS');
  });

  test('the same call on a second way', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    await legs.next();
    peer.send('INVITE', { ...call, cseq: 0 }, { body: sdp });
    await peer.response(482);
  });

  test('rubbish is dropped, and the next call is served', async () => {
    for (const rubbish of [
      '\r\n\r\n',
      'hello',
      'SIP/2.0 200 OK\r\n\r\n',
      'INVITE sip:a SIP/2.0\r\n\r\n',
      '\0'.repeat(500),
    ])
      peer.sendRaw(rubbish);
    await running();
  });
});

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

describe('a call that we place', { timeout }, () => {
  const uri = () => `sip:bob@127.0.0.1:${peer.port}`;

  test('rings, is answered, and its ACK is sent again with each 200', async () => {
    const placed = server.place(uri(), 'caller', sdp);
    const invite = await peer.request('INVITE');
    assert.equal(invite.body, sdp);
    peer.answer(invite, 180, 'Ringing', { toTag: 'bob' });
    peer.answer(invite, 200, 'OK', { toTag: 'bob', body: sdp });
    const leg = await placed;
    assert.deepEqual([leg.remoteSdp, leg.direction], [sdp, 'outbound']);
    const ack = await peer.request('ACK');
    assert.equal(ack.uri, uri());
    peer.answer(invite, 200, 'OK', { toTag: 'bob', body: sdp });
    assert.equal(header(await peer.request('ACK'), 'via'), header(ack, 'via'));
    const probe = new LegProbe(leg, answerTo);
    peer.send('BYE', {
      callId: header(invite, 'call-id'),
      tag: 'bob',
      cseq: 0,
      toTag: header(invite, 'from').split('tag=')[1] ?? '',
    });
    assert.equal((await probe.ended.next()).end, 'hangup');
  });

  test('is refused, and the refusal acknowledged each time', async () => {
    const placed = assert.rejects(server.place(uri(), 'caller', sdp), /486 Busy Here/);
    const invite = await peer.request('INVITE');
    peer.answer(invite, 486, 'Busy Here', { toTag: 'bob' });
    await placed;
    const ack = await peer.request('ACK');
    assert.equal(header(ack, 'via').split('branch=')[1], header(invite, 'via').split('branch=')[1]);
    peer.answer(invite, 486, 'Busy Here', { toTag: 'bob' });
    await peer.request('ACK');
  });

  test('is repeated, and times out', async () => {
    const placed = assert.rejects(server.place(uri(), 'caller', sdp), refusedWith('SIP_TIMEOUT'));
    await peer.request('INVITE');
    pass(600);
    await peer.request('INVITE');
    pass(33_000);
    await placed;
    assert.equal(server.held().legs, 0);
  });

  test('is given up: CANCEL waits for the first answer', async () => {
    const wish = new AbortController();
    const placed = assert.rejects(server.place(uri(), 'caller', sdp, wish.signal), refusedWith('SIP_REFUSED'));
    const invite = await peer.request('INVITE');
    wish.abort();
    await placed;
    assert.ok(!peer.untaken.includes('CANCEL'));
    peer.answer(invite, 100, 'Trying');
    const cancel = await peer.request('CANCEL');
    assert.equal(header(cancel, 'via').split('branch=')[1], header(invite, 'via').split('branch=')[1]);
    peer.answer(cancel, 200, 'OK');
    peer.answer(invite, 487, 'Request Terminated', { toTag: 'bob' });
    await peer.request('ACK');
  });

  test('is given up, but a 200 crosses: acknowledged and ended', async () => {
    const wish = new AbortController();
    const placed = assert.rejects(server.place(uri(), 'caller', sdp, wish.signal), refusedWith('SIP_REFUSED'));
    const invite = await peer.request('INVITE');
    wish.abort();
    await placed;
    peer.answer(invite, 200, 'OK', { toTag: 'bob', body: sdp });
    await peer.request('ACK');
    peer.answer(await peer.request('BYE'), 200, 'OK');
  });

  test('is answered by two telephones: the second is ended', async () => {
    const placed = server.place(uri(), 'caller', sdp);
    const invite = await peer.request('INVITE');
    peer.answer(invite, 200, 'OK', { toTag: 'first', body: sdp });
    await placed;
    peer.answer(invite, 200, 'OK', { toTag: 'second', body: sdp });
    const bye = await peer.request('BYE');
    assert.match(header(bye, 'to'), /tag=second$/);
    peer.answer(bye, 200, 'OK');
  });

  test('to something that cannot be called', async () => {
    for (const wrong of ['', 'bob', 'tel:1', 'sip:bob@host\r\nX: y', 'sip:b@no-such-host.invalid'])
      await assert.rejects(server.place(wrong, 'caller', sdp), refusedWith('NOT_SUPPORTED'));
  });
});

test('a port that is taken is LISTEN_FAILED', { timeout }, async () => {
  const other = new SipServer({
    ip: '127.0.0.1',
    port: peer.serverPort,
    maxCalls: 1,
    log: openLog('test', 'silent'),
    userAgent: 'test',
  });
  await assert.rejects(
    other.start(() => undefined),
    refusedWith('LISTEN_FAILED'),
  );
});
