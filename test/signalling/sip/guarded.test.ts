/** Who may call: over real sockets, with a peer that knows the password, or does not. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { openLog } from '../../../src/log.js';
import { type AdmissionOptions, nobody } from '../../../src/signalling/sip/admission.js';
import { answerTo } from '../../../src/signalling/sip/digest.js';
import { header } from '../../../src/signalling/sip/headers.js';
import { SipServer } from '../../../src/signalling/sip/server.js';
import { Arrivals, LegProbe } from '../../support/leg-probe.js';
import { newCall, SipPeer, toTagOf } from '../../support/sip-peer.js';
import { runSipp, sippMissing } from '../../support/sipp.js';
import { writeBehaviour } from '../../support/sipp-steps.js';
import { testFolder } from '../../support/tiny-models/folder.js';
import { answerTo as describedBack, sdp, timeout } from './scene.js';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function guarded(admission: Partial<AdmissionOptions>) {
  const server = new SipServer({
    ip: '127.0.0.1',
    port: 0,
    tcp: true,
    maxCalls: 10,
    admission: { ...nobody, ...admission },
    log: openLog('test', 'silent'),
    userAgent: 'test',
  });
  const legs = new Arrivals<LegProbe>();
  const { port } = await server.start((leg) => legs.push(new LegProbe(leg, async (offer) => offer)));
  const peer = await SipPeer.open(port);
  stops.push(() => server.stop());
  stops.push(() => peer.close());
  return { server, peer, legs, port };
}

const users = new Map([['alice', 'secret']]);

/** INVITE, challenge, INVITE with the answer to it. */
async function knock(peer: SipPeer, password: string) {
  const call = newCall();
  peer.send('INVITE', call, { body: sdp });
  const challenge = await peer.response(401);
  peer.send('ACK', call);
  const uri = `sip:bot@127.0.0.1:${peer.serverPort}`;
  const asked = { method: 'INVITE', uri, cnonce: 'c' };
  const answer = answerTo(challenge.headers['www-authenticate'] ?? [], { user: 'alice', password }, asked);
  const headers = [`Authorization: ${answer}`];
  peer.send('INVITE', call, { body: sdp, headers });
  return { call, headers };
}

describe('a server that not everybody may call', { timeout }, () => {
  test('asks for the password, in both algorithms, and keeps nothing until it is right', async () => {
    const { server, peer } = await guarded({ users });
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const challenge = await peer.response(401);
    assert.match(challenge.headers['www-authenticate']?.join() ?? '', /algorithm=SHA-256.*algorithm=MD5/);
    assert.deepEqual(server.held(), { legs: 0, transactions: 0 });
  });

  test('takes the call of who knows it; what belongs to the call is asked no more', async () => {
    const { peer, legs } = await guarded({ users });
    const { call } = await knock(peer, 'secret');
    const probe = await legs.next();
    const acknowledged = probe.leg.answer(sdp);
    call.toTag = toTagOf(await peer.response(200));
    peer.send('ACK', call);
    await acknowledged;
    peer.send('BYE', call);
    await peer.response(200, 'BYE');
    assert.equal((await probe.ended.next()).end, 'hangup');
  });

  test('takes the calls of sipp, which knows it', { skip: sippMissing }, async () => {
    const { port, legs } = await guarded({ users, digests: ['MD5', 'SHA-256'] });
    const folder = testFolder();
    const done = runSipp(`127.0.0.1:${port}`, writeBehaviour('account', folder), folder, ['-m', '5', '-r', '10']);
    for (let n = 0; n < 5; n++) {
      const { leg } = await legs.next();
      void leg.answer(await describedBack(leg.remoteSdp));
    }
    await done;
  });

  test('can be cancelled', async () => {
    const { peer, legs } = await guarded({ users });
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const challenge = await peer.response(401);
    const asked = { method: 'INVITE', uri: `sip:bot@127.0.0.1:${peer.serverPort}`, cnonce: 'c' };
    const answer = answerTo(challenge.headers['www-authenticate'] ?? [], { user: 'alice', password: 'secret' }, asked);
    peer.send('INVITE', call, { body: sdp, headers: [`Authorization: ${answer}`], branch: 'z9hG4bKknown' });
    const probe = await legs.next();
    peer.send('CANCEL', call, { branch: 'z9hG4bKknown' });
    await peer.response(487);
    assert.equal((await probe.ended.next()).end, 'cancelled');
  });

  test('refuses who does not, and credentials that were used before', async () => {
    const { peer, legs } = await guarded({ users });
    await knock(peer, 'wrong');
    await peer.response(403);
    const { headers } = await knock(peer, 'secret');
    await legs.next();
    peer.send('INVITE', newCall(), { body: sdp, headers });
    assert.match(header(await peer.response(401), 'www-authenticate'), /stale=true/);
    assert.deepEqual(legs.waiting, []);
  });

  test('answers strangers nothing where there are no users, over UDP and TCP; known addresses are served', async () => {
    const { server, peer, port } = await guarded({});
    const caller = await SipPeer.openTcp(port);
    stops.push(() => caller.close());
    peer.send('OPTIONS', newCall());
    caller.send('OPTIONS', newCall());
    while (server.admission.refused < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([...peer.untaken, ...caller.untaken, server.connections], [0]);
    const open = await guarded({ allow: ['127.0.0.0/8'] });
    open.peer.send('OPTIONS', newCall());
    await open.peer.response(200);
  });

  test('hears whom it called, and no more than that', async () => {
    const { server, peer } = await guarded({});
    const placed = server.place(`sip:bob@127.0.0.1:${peer.port}`, 'caller', sdp);
    const invite = await peer.request('INVITE');
    peer.answer(invite, 200, 'OK', { toTag: 'bob', body: sdp });
    const probe = new LegProbe(await placed, async (offer) => offer);
    peer.send('INVITE', newCall(), { body: sdp });
    const toTag = header(invite, 'from').split('tag=')[1] ?? '';
    peer.send('BYE', { callId: header(invite, 'call-id'), tag: 'bob', cseq: 0, toTag });
    await peer.response(200, 'BYE');
    assert.equal((await probe.ended.next()).end, 'hangup');
    assert.deepEqual(peer.untaken, ['ACK']);
  });

  test('a known address that asks too often is told when to come again, and its calls go on', async () => {
    const { peer, legs } = await guarded({ allow: ['127.0.0.1'], perSecond: 1 });
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    const { leg } = await legs.next();
    const acknowledged = leg.answer(sdp);
    call.toTag = toTagOf(await peer.response(200));
    peer.send('ACK', call);
    await acknowledged;
    for (let n = 0; n < 5; n++) peer.send('INVITE', newCall(), { body: sdp });
    assert.equal(header(await peer.response(503), 'retry-after'), '2');
    peer.send('INFO', call, { contentType: 'application/dtmf', body: '5' });
    await peer.response(200, 'INFO');
  });
});
