/** A user agent on a real socket and a peer of it, made anew for each test. The tests of this folder share it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'node:test';
import type { OavcError } from '../../../src/errors.js';
import { openLog } from '../../../src/log.js';
import { answerSdp, offerSdp, readSdp } from '../../../src/signalling/sdp.js';
import { everybody } from '../../../src/signalling/sip/admission.js';
import { SipServer } from '../../../src/signalling/sip/server.js';
import { Arrivals, LegProbe } from '../../support/leg-probe.js';
import { type Call, newCall, SipPeer, toTagOf } from '../../support/sip-peer.js';

export const timeout = 15_000;
export const local = { ip: '127.0.0.1', port: 35000, codecs: ['PCMU'], sessionId: 7, version: 1 } as const;
export const sdp = offerSdp({ ...local, port: 40000 });
export const answerTo = async (offer: string) => answerSdp({ remote: readSdp(offer), local }).sdp;
export const refusedWith = (code: string) => (thrown: unknown) => (thrown as OavcError).code === code;

export let server: SipServer;
export let peer: SipPeer;
export let legs: Arrivals<LegProbe>;
/** Runs ahead of the real clock, so that timers of half a minute need none. */
export let aheadNs: bigint;

beforeEach(async () => {
  aheadNs = 0n;
  server = new SipServer({
    ip: '127.0.0.1',
    port: 0,
    maxCalls: 2,
    admission: everybody,
    session: { expiresS: 1800, minS: 90 },
    tcp: true,
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

export const pass = (ms: number) => {
  aheadNs += BigInt(ms) * 1_000_000n;
};

/** An answered and acknowledged call. */
export async function running(): Promise<{ probe: LegProbe; call: Call }> {
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
