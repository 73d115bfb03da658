/** The same user agent over TCP: connections are used again, bounded, and replaced when they are gone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { header } from '../../../src/signalling/sip/headers.js';
import { LegProbe } from '../../support/leg-probe.js';
import { type Call, newCall, SipPeer, toTagOf } from '../../support/sip-peer.js';
import type { TcpWire } from '../../support/sip-wire.js';
import { answerTo, legs, pass, peer, refusedWith, sdp, server, timeout } from './scene.js';

let caller: SipPeer<TcpWire>;
beforeEach(async () => {
  caller = await SipPeer.openTcp(peer.serverPort);
});
afterEach(() => caller.close());

async function answered(headers: string[] = []): Promise<{ probe: LegProbe; call: Call }> {
  const call = newCall();
  caller.send('INVITE', call, { body: sdp, headers });
  const probe = await legs.next();
  const acknowledged = probe.leg.answer(await answerTo(sdp));
  const ok = await caller.response(200);
  assert.match(header(ok, 'contact'), /^<sip:oavc@127\.0\.0\.1:\d+;transport=tcp>$/);
  call.toTag = toTagOf(ok);
  caller.send('ACK', call);
  await acknowledged;
  return { probe, call };
}

describe('over TCP', { timeout }, () => {
  test('a call comes and goes on one connection', async () => {
    const { probe, call } = await answered();
    caller.send('OPTIONS', call);
    await caller.response(200, 'OPTIONS');
    const done = probe.leg.hangup();
    const bye = await caller.request('BYE');
    assert.match(header(bye, 'via'), /^SIP\/2\.0\/TCP /);
    caller.answer(bye, 200, 'OK');
    await done;
    assert.equal(caller.wire.accepted, 0, 'our request came back on the connection of the caller');
  });

  test('requests of ours make a connection where that of the caller is gone', async () => {
    const { probe } = await answered();
    await caller.wire.hangUp();
    const done = probe.leg.hangup();
    caller.answer(await caller.request('BYE'), 200, 'OK');
    await done;
    assert.equal(caller.wire.accepted, 1);
  });

  test('a response goes to where the caller listens when its connection is gone', async () => {
    caller.send('INVITE', newCall(), { body: sdp });
    const { leg } = await legs.next();
    await caller.response(100);
    await caller.wire.hangUp();
    await leg.refuse(488, 'Not Acceptable Here');
    await caller.response(488);
    assert.equal(caller.wire.accepted, 1);
  });

  test('along a route that asks for TCP, from a call over UDP', async () => {
    const call = newCall();
    peer.send('INVITE', call, {
      body: sdp,
      headers: [`Record-Route: <sip:127.0.0.1:${caller.port};transport=tcp;lr>`],
    });
    const { leg } = await legs.next();
    const acknowledged = leg.answer(sdp);
    call.toTag = toTagOf(await peer.response(200));
    peer.send('ACK', call);
    await acknowledged;
    const done = leg.hangup();
    caller.answer(await caller.request('BYE'), 200, 'OK');
    await done;
  });

  test('a call that we place', async () => {
    const uri = `sip:bob@127.0.0.1:${caller.port};transport=tcp`;
    const placed = server.place(uri, 'caller', sdp);
    const invite = await caller.request('INVITE');
    assert.match(header(invite, 'contact'), /;transport=tcp>$/);
    caller.answer(invite, 200, 'OK', { toTag: 'bob', body: sdp });
    const probe = new LegProbe(await placed, answerTo);
    await caller.request('ACK');
    const done = probe.leg.hangup();
    caller.answer(await caller.request('BYE'), 200, 'OK');
    await done;
    assert.equal(caller.wire.accepted, 1, 'one connection for all of the call');
  });

  test('nobody listens there: told at once', async () => {
    const { port } = caller;
    caller.close();
    const placed = server.place(`sip:bob@127.0.0.1:${port};transport=tcp`, 'caller', sdp);
    await assert.rejects(placed, refusedWith('SIP_TIMEOUT'));
    assert.equal(server.held().transactions, 0);
  });

  test('nothing is repeated but a 200 to INVITE', async () => {
    const call = newCall();
    caller.send('INVITE', call, { body: sdp });
    const { leg } = await legs.next();
    await leg.refuse(488, 'Not Acceptable Here');
    await caller.response(488);
    pass(10_000);
    caller.send('OPTIONS', newCall());
    await caller.response(200, 'OPTIONS');
    assert.ok(!caller.untaken.includes(488));
  });

  test('pings are answered', async () => {
    const socket = connect(peer.serverPort, '127.0.0.1');
    socket.write('\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.equal(answer.toString(), '\r\n');
    socket.destroy();
  });

  test('a stream that cannot be followed is cut, and others live on', async () => {
    const { probe, call } = await answered();
    const socket = connect(peer.serverPort, '127.0.0.1').on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'close');
    caller.send('BYE', call);
    await caller.response(200, 'BYE');
    assert.equal((await probe.ended.next()).end, 'hangup');
  });

  test('one address has so many connections and no more', async () => {
    const sockets = Array.from({ length: 140 }, () =>
      connect(peer.serverPort, '127.0.0.1').on('error', () => undefined),
    );
    const closed = sockets.map((socket) => once(socket, 'close').catch(() => undefined));
    await Promise.any(closed);
    for (const socket of sockets) socket.resume();
    assert.ok(server.connections <= 128, `${server.connections} stand`);
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  });
});
