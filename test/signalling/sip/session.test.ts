/** Session timers, refreshes and crossing offers, in time that runs ahead, with a peer that can do everything wrong. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { header } from '../../../src/signalling/sip/headers.js';
import { glareWaitMs } from '../../../src/signalling/sip/offers.js';
import { LegProbe } from '../../support/leg-probe.js';
import { type Call, newCall, toTagOf } from '../../support/sip-peer.js';
import { answerTo, legs, pass, peer, sdp, server, timeout } from './scene.js';

const timed = ['Supported: timer'];

/** A call whose INVITE has these headers, answered and acknowledged; with the 200. */
async function withHeaders(...headers: string[]) {
  const call = newCall();
  peer.send('INVITE', call, { body: sdp, headers });
  const probe = await legs.next();
  const acknowledged = probe.leg.answer(await answerTo(sdp));
  const ok = await peer.response(200, 'INVITE');
  call.toTag = toTagOf(ok);
  peer.send('ACK', call);
  await acknowledged;
  return { probe, call, ok };
}

async function over(probe: LegProbe): Promise<string> {
  peer.answer(await peer.request('BYE'), 200, 'OK');
  return (await probe.ended.next()).end;
}

/** The call stands, and the server has seen all that was sent before. */
const alive = async (call: Call): Promise<void> => {
  peer.send('OPTIONS', call);
  await peer.response(200, 'OPTIONS');
};

const bye = async ({ probe, call }: { probe: LegProbe; call: Call }): Promise<void> => {
  peer.send('BYE', call);
  await peer.response(200, 'BYE');
  await probe.ended.next();
};

describe('session timers', { timeout }, () => {
  test('too short is refused with what would do', async () => {
    peer.send('INVITE', newCall(), { body: sdp, headers: [...timed, 'Session-Expires: 60'] });
    assert.equal(header(await peer.response(422), 'min-se'), '90');
    assert.deepEqual(legs.waiting, []);
  });

  test('a peer that promised to refresh and does not is hung up on', async () => {
    const { probe, ok } = await withHeaders(...timed, 'Session-Expires: 90;refresher=uac');
    assert.deepEqual([header(ok, 'session-expires'), header(ok, 'require')], ['90;refresher=uac', 'timer']);
    pass(61_000);
    assert.equal(await over(probe), 'failed');
  });

  test('a peer that refreshes, by UPDATE and by re-INVITE, is not', async () => {
    const { probe, call } = await withHeaders(...timed, 'Session-Expires: 90;refresher=uac');
    pass(45_000);
    peer.send('UPDATE', call, { headers: [...timed, 'Session-Expires: 90;refresher=uac'] });
    assert.equal(header(await peer.response(200, 'UPDATE'), 'session-expires'), '90;refresher=uac');
    pass(45_000);
    peer.send('INVITE', call, { body: sdp, headers: [...timed, 'Session-Expires: 90;refresher=uac'] });
    await peer.response(200, 'INVITE');
    peer.send('ACK', call);
    pass(45_000);
    await alive(call);
    assert.deepEqual(probe.ended.waiting, []);
    pass(20_000);
    assert.equal(await over(probe), 'failed');
  });

  test('we refresh by UPDATE where the peer takes it, again and again', async () => {
    const running = await withHeaders(...timed, 'Session-Expires: 100;refresher=uas', 'Allow: INVITE, UPDATE');
    for (let round = 0; round < 2; round++) {
      pass(51_000);
      const update = await peer.request('UPDATE');
      assert.deepEqual([header(update, 'session-expires'), update.body], ['1800;refresher=uac', '']);
      peer.answer(update, 200, 'OK', { headers: ['Session-Expires: 100;refresher=uac'] });
      await alive(running.call);
    }
    await bye(running);
  });

  test('we refresh by re-INVITE where it knows nothing of timers, and end the call when it is gone', async () => {
    const { probe, call } = await withHeaders();
    pass(901_000);
    const invite = await peer.request('INVITE');
    assert.match(invite.body, /m=audio 35000/);
    peer.answer(invite, 200, 'OK', { body: sdp });
    await peer.request('ACK');
    await alive(call);
    assert.deepEqual(probe.offers.waiting, [], 'nothing has changed');
    pass(901_000);
    peer.answer(await peer.request('INVITE'), 481, 'Call/Transaction Does Not Exist');
    assert.equal(await over(probe), 'failed');
  });

  test('nobody answers our refresh: the call is over', async () => {
    const { probe } = await withHeaders(...timed, 'Session-Expires: 100;refresher=uas', 'Allow: UPDATE');
    pass(51_000);
    await peer.request('UPDATE');
    pass(33_000);
    assert.equal(await over(probe), 'failed');
  });

  test('a refresh that is refused leaves the call to the end of its time', async () => {
    const { probe, call } = await withHeaders(...timed, 'Session-Expires: 300;refresher=uas', 'Allow: UPDATE');
    pass(151_000);
    peer.answer(await peer.request('UPDATE'), 500, 'Server Internal Error');
    await alive(call);
    pass(100_000);
    await alive(call);
    assert.deepEqual(probe.ended.waiting, []);
    pass(19_000);
    assert.equal(await over(probe), 'failed');
  });

  test('a refresh that is too short for the peer is made longer, one by a method that it lacks another way', async () => {
    const running = await withHeaders(...timed, 'Session-Expires: 300;refresher=uas', 'Allow: UPDATE');
    pass(151_000);
    peer.answer(await peer.request('UPDATE'), 422, 'Session Interval Too Small', { headers: ['Min-SE: 3600'] });
    const longer = await peer.request('UPDATE');
    assert.deepEqual([header(longer, 'session-expires'), header(longer, 'min-se')], ['3600;refresher=uac', '3600']);
    peer.answer(longer, 501, 'Not Implemented');
    peer.answer(await peer.request('INVITE'), 200, 'OK', { body: sdp });
    await peer.request('ACK');
    await bye(running);
  });

  test('a call that we place asks for one, for a longer one after 422, and keeps to what was agreed', async () => {
    const placed = server.place(`sip:bob@127.0.0.1:${peer.port}`, 'caller', sdp);
    const first = await peer.request('INVITE');
    assert.equal(header(first, 'session-expires'), '1800');
    peer.answer(first, 422, 'Session Interval Too Small', { toTag: 'x', headers: ['Min-SE: 2000'] });
    const second = await peer.request('INVITE');
    assert.deepEqual([header(second, 'session-expires'), header(second, 'cseq')], ['2000', '2 INVITE']);
    peer.answer(second, 200, 'OK', { toTag: 'bob', body: sdp, headers: ['Session-Expires: 2000;refresher=uas'] });
    const probe = new LegProbe(await placed, answerTo);
    pass(1_969_000);
    assert.equal(await over(probe), 'failed');
  });
});

describe('offers that cross', { timeout }, () => {
  test('theirs while ours is on its way: 491, and 491 to ours: again after a while', async () => {
    const running = await withHeaders();
    pass(901_000);
    const ours = await peer.request('INVITE');
    peer.send('INVITE', running.call, { body: sdp });
    await peer.response(491, 'INVITE');
    peer.send('ACK', running.call);
    peer.send('UPDATE', running.call, { body: sdp });
    await peer.response(491, 'UPDATE');
    peer.answer(ours, 491, 'Request Pending');
    await peer.request('ACK');
    await alive(running.call);
    pass(2100);
    peer.answer(await peer.request('INVITE'), 200, 'OK', { body: sdp });
    await peer.request('ACK');
    assert.deepEqual(running.probe.offers.waiting, []);
    await bye(running);
  });

  test('theirs while the one before is not answered: 500, come again', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const { leg } = await legs.next();
    let answer: (sdp: string) => void = () => undefined;
    const probe = new LegProbe(leg, () => new Promise((resolve) => (answer = resolve)));
    const acknowledged = leg.answer(sdp);
    call.toTag = toTagOf(await peer.response(200));
    peer.send('ACK', call);
    await acknowledged;
    peer.send('INVITE', call, { body: sdp });
    await probe.offers.next();
    peer.send('UPDATE', call, { body: sdp });
    assert.equal(header(await peer.response(500, 'UPDATE'), 'retry-after'), '1');
    answer(sdp);
    await peer.response(200, 'INVITE');
    peer.send('ACK', call);
    await bye({ probe, call });
  });

  test('BYE while theirs is not answered: 487', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const { leg } = await legs.next();
    const probe = new LegProbe(leg, () => new Promise(() => undefined));
    const acknowledged = leg.answer(sdp);
    call.toTag = toTagOf(await peer.response(200));
    peer.send('ACK', call);
    await acknowledged;
    peer.send('INVITE', call, { body: sdp });
    await probe.offers.next();
    peer.send('BYE', call);
    await peer.response(487, 'INVITE');
    await peer.response(200, 'BYE');
  });

  test('a re-INVITE before the ACK of the first: each ACK finds its own', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const probe = await legs.next();
    const acknowledged = probe.leg.answer(await answerTo(sdp));
    call.toTag = toTagOf(await peer.response(200));
    peer.send('INVITE', call, { body: sdp });
    await peer.response(200, 'INVITE');
    peer.send('ACK', call);
    peer.send('ACK', { ...call, cseq: 1 });
    assert.equal(await acknowledged, '');
    await bye({ probe, call });
  });

  test('waits of both sides do not meet', () => {
    assert.deepEqual(
      [0, 0.5, 1].map((chance) => glareWaitMs(true, chance)),
      [2100, 3050, 4000],
    );
    assert.deepEqual(
      [0, 0.5, 1].map((chance) => glareWaitMs(false, chance)),
      [0, 1000, 2000],
    );
  });
});
