/** Registration at a trunk, and calls through it: over a real socket, with a registrar that can do everything wrong. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openLog } from '../../../src/log.js';
import { nobody } from '../../../src/signalling/sip/admission.js';
import { Authentication } from '../../../src/signalling/sip/authentication.js';
import { header } from '../../../src/signalling/sip/headers.js';
import type { SipRequest, SipResponse } from '../../../src/signalling/sip/message.js';
import { grantedS, refreshAfterMs, retryAfterMs } from '../../../src/signalling/sip/registration.js';
import { SipServer } from '../../../src/signalling/sip/server.js';
import { Arrivals, LegProbe } from '../../support/leg-probe.js';
import { newCall, SipPeer } from '../../support/sip-peer.js';
import { sdp, timeout } from './scene.js';

let server: SipServer;
let registrar: SipPeer;
let aheadNs: bigint;
let legs: Arrivals<LegProbe>;
const accounts = new Authentication('trunk', new Map([['bot', 'secret']]), ['MD5']);

/** A registrar at an address of its own. */
beforeEach(async () => {
  aheadNs = 0n;
  registrar = await SipPeer.open(0);
  legs = new Arrivals();
});

afterEach(async () => {
  void registrar.request('REGISTER').then((request) => registrar.answer(request, 200, 'OK'));
  await server.stop();
  registrar.close();
});

async function begin(register = true): Promise<void> {
  server = new SipServer({
    ip: '127.0.0.1',
    port: 0,
    maxCalls: 2,
    admission: nobody,
    trunk: { host: `127.0.0.1:${registrar.port}`, user: 'bot', password: 'secret', register, expiresS: 600 },
    log: openLog('test', 'silent'),
    userAgent: 'test',
    now: () => process.hrtime.bigint() + aheadNs,
  });
  const { port } = await server.start((leg) => legs.push(new LegProbe(leg, async (offer) => offer)));
  registrar.serverPort = port;
}

const challenged = (request: SipRequest): void =>
  registrar.answer(request, 401, 'Unauthorized', {
    headers: accounts.challenge(false, 0).map(([name, value]) => `${name}: ${value}`),
  });

/** Challenges the next request of this method, and resolves with the one that has the right password. */
async function proven(method: string): Promise<SipRequest> {
  challenged(await registrar.request(method));
  const request = await registrar.request(method);
  assert.equal(accounts.prove(request, 0), 'proven');
  return request;
}

const granted = (request: SipRequest, seconds: number): void =>
  registrar.answer(request, 200, 'OK', { headers: [`Contact: ${header(request, 'contact')};expires=${seconds}`] });

const until = async (state: string): Promise<void> => {
  while (server.registration !== state) await new Promise((resolve) => setImmediate(resolve));
};
const pass = (ms: number): void => {
  aheadNs += BigInt(ms) * 1_000_000n;
};

describe('registration', { timeout }, () => {
  test('is made with the password, refreshed in time, and taken back at the end', async () => {
    await begin();
    const first = await proven('REGISTER');
    assert.deepEqual(
      [first.uri, header(first, 'expires'), header(first, 'to')],
      [`sip:127.0.0.1:${registrar.port}`, '600', `<sip:bot@127.0.0.1:${registrar.port}>`],
    );
    granted(first, 100);
    await until('registered');
    assert.equal(server.away, false);
    pass(81_000);
    const again = await registrar.request('REGISTER');
    assert.equal(header(again, 'call-id'), header(first, 'call-id'));
    granted(again, 100);
    const stopped = server.stop();
    const last = await registrar.request('REGISTER');
    assert.equal(header(last, 'expires'), '0');
    registrar.answer(last, 200, 'OK');
    await stopped;
  });

  test('goes on with what the registrar accepts when 423 says that it was too brief', async () => {
    await begin();
    registrar.answer(await registrar.request('REGISTER'), 423, 'Interval Too Brief', {
      headers: ['Min-Expires: 1800'],
    });
    const again = await registrar.request('REGISTER');
    assert.equal(header(again, 'expires'), '1800');
    granted(again, 1800);
    await until('registered');
  });

  test('is tried again when it was refused, and away meanwhile', async () => {
    await begin();
    registrar.answer(await registrar.request('REGISTER'), 503, 'Service Unavailable');
    await until('failed');
    assert.equal(server.away, true);
    pass(7000);
    granted(await registrar.request('REGISTER'), 600);
    await until('registered');
    assert.equal(server.away, false);
  });

  test('is tried again when nobody answered', async () => {
    await begin();
    await registrar.request('REGISTER');
    pass(33_000);
    await until('failed');
    pass(7000);
    granted(await registrar.request('REGISTER'), 600);
    await until('registered');
  });

  test('a wrong password is asked for once, not for ever', async () => {
    await begin();
    const first = await registrar.request('REGISTER');
    challenged(first);
    challenged(await registrar.request('REGISTER'));
    await until('failed');
    assert.deepEqual(registrar.untaken, []);
  });
});

describe('calls through a trunk', { timeout }, () => {
  test('a number is enough, and the password is given when it is asked for', async () => {
    await begin(false);
    const placed = server.place('+90 212 555', 'caller', sdp);
    const invite = await proven('INVITE');
    assert.equal(invite.uri, `sip:+90212555@127.0.0.1:${registrar.port}`);
    assert.match(header(invite, 'from'), /^<sip:bot@127\.0\.0\.1:\d+>;tag=/);
    assert.equal(header(invite, 'cseq'), '2 INVITE');
    registrar.answer(invite, 200, 'OK', { toTag: 'far', body: sdp });
    const leg = await placed;
    const done = leg.hangup();
    const bye = await proven('BYE');
    registrar.answer(bye, 200, 'OK');
    await done;
  });

  test('come in without a password', async () => {
    await begin();
    granted(await proven('REGISTER'), 600);
    await until('registered');
    registrar.send('INVITE', newCall(), { body: sdp });
    await (await legs.next()).leg.refuse(486, 'Busy Here');
    await registrar.response(486);
  });

  test('nobody else learns anything of the password', async () => {
    await begin(false);
    const other = await SipPeer.open(registrar.serverPort);
    const placed = assert.rejects(server.place(`sip:x@127.0.0.1:${other.port}`, 'caller', sdp), /401 Unauthorized/);
    const invite = await other.request('INVITE');
    other.answer(invite, 401, 'Unauthorized', { headers: ['WWW-Authenticate: Digest realm="trunk", nonce="n"'] });
    await placed;
    assert.deepEqual(
      other.untaken.filter((what) => what !== 'ACK'),
      [],
    );
    other.close();
  });
});

describe('times', () => {
  test('refresh early enough', () => assert.deepEqual([600, 60, 1].map(refreshAfterMs), [480_000, 48_000, 1000]));

  test('back off', () => {
    assert.deepEqual(
      [1, 2, 3, 20].map((failures) => retryAfterMs(failures, 0.5)),
      [5000, 10_000, 20_000, 300_000],
    );
    assert.deepEqual([retryAfterMs(1, 0), retryAfterMs(1, 1)], [3750, 6250]);
    assert.equal(retryAfterMs(1, 0.5, 120), 120_000, 'Retry-After');
  });

  const response = (contact: string[], expires: string[]): SipResponse => ({
    kind: 'response',
    status: 200,
    reason: 'OK',
    headers: { contact, expires },
    body: '',
  });
  const rows: [name: string, contact: string[], expires: string[], seconds: number][] = [
    ['our contact among others', ['<sip:a@b>;expires=9', '<sip:us@h:1>;q=1;expires=70'], ['5'], 70],
    ['the Expires header', ['<sip:us@h:1>'], ['50'], 50],
    ['nothing', [], [], 600],
  ];
  for (const [name, contact, expires, seconds] of rows)
    test(`granted by ${name}`, () => assert.equal(grantedS(response(contact, expires), '<sip:us@h:1>', 600), seconds));
});
