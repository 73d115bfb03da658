/** Calls that we place, to a peer that can do everything wrong. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { header } from '../../../src/signalling/sip/headers.js';
import { LegProbe } from '../../support/leg-probe.js';
import { answerTo, pass, peer, refusedWith, sdp, server, timeout } from './scene.js';

describe('a call that we place', { timeout }, () => {
  const uri = () => `sip:bob@127.0.0.1:${peer.port}`;

  test('rings, is answered, and its ACK is sent again with each 200', async () => {
    const stages: string[] = [];
    const placed = server.place(uri(), 'caller', sdp, { onProgress: (stage) => stages.push(stage) });
    const invite = await peer.request('INVITE');
    assert.equal(invite.body, sdp);
    for (const [status, body] of [
      [100, ''],
      [180, ''],
      [180, ''],
      [181, ''],
      [182, ''],
      [183, sdp],
    ] as const)
      peer.answer(invite, status, 'Progress', { toTag: 'bob', body });
    peer.answer(invite, 200, 'OK', { toTag: 'bob', body: sdp });
    const leg = await placed;
    assert.deepEqual([leg.remoteSdp, leg.direction], [sdp, 'outbound']);
    assert.deepEqual(stages, ['trying', 'ringing', 'forwarded', 'queued', 'early-media']);
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

  const refusals: [status: number, code: string][] = [
    [486, 'CALL_BUSY'],
    [600, 'CALL_BUSY'],
    [408, 'CALL_NO_ANSWER'],
    [480, 'CALL_NO_ANSWER'],
    [404, 'SIP_REFUSED'],
    [603, 'SIP_REFUSED'],
  ];
  for (const [status, code] of refusals)
    test(`${status} is ${code}`, async () => {
      const placed = assert.rejects(server.place(uri(), 'caller', sdp), refusedWith(code));
      peer.answer(await peer.request('INVITE'), status, 'No', { toTag: 'bob' });
      await placed;
    });

  test('rings for too long: CANCEL, and nothing is held for a peer that never says more', async () => {
    const placed = assert.rejects(
      server.place(uri(), 'caller', sdp, { ringLimitMs: 100 }),
      refusedWith('CALL_NO_ANSWER'),
    );
    const invite = await peer.request('INVITE');
    peer.answer(invite, 180, 'Ringing', { toTag: 'bob' });
    peer.answer(await peer.request('CANCEL'), 200, 'OK');
    await placed;
    pass(33_000);
    while (server.held().transactions > 0) await new Promise((resolve) => setImmediate(resolve));
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
    const placed = assert.rejects(
      server.place(uri(), 'caller', sdp, { signal: wish.signal }),
      refusedWith('CALL_CANCELLED'),
    );
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
    const placed = assert.rejects(
      server.place(uri(), 'caller', sdp, { signal: wish.signal }),
      refusedWith('CALL_CANCELLED'),
    );
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
