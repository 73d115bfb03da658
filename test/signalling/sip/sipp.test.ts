/** Real peers: sipp calls the user agent. The SDP is answered, no media flows. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openLog } from '../../../src/log.js';
import { answerSdp, readSdp } from '../../../src/signalling/sdp.js';
import { everybody } from '../../../src/signalling/sip/admission.js';
import { SipServer } from '../../../src/signalling/sip/server.js';
import { LegProbe } from '../../support/leg-probe.js';
import { runSipp, sippMissing, writeScenario } from '../../support/sipp.js';

const timeout = 120_000;
const local = { ip: '127.0.0.1', port: 35000, codecs: ['PCMU'], sessionId: 7, version: 1 } as const;
const answerTo = async (offer: string) => answerSdp({ remote: readSdp(offer), local }).sdp;

let folder: string;
let server: SipServer;
let target: string;
let aheadNs: bigint;
let take: (probe: LegProbe) => unknown;
const probes: LegProbe[] = [];

const answer = async (probe: LegProbe) => {
  probe.leg.ringing();
  await probe.leg.answer(await answerTo(probe.leg.remoteSdp));
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oavc-sipp-'));
  aheadNs = 0n;
  probes.length = 0;
  // An ACK may be lost: then the BYE says enough.
  take = (probe) => void answer(probe).catch(() => undefined);
  const now = () => process.hrtime.bigint() + aheadNs;
  server = new SipServer({
    ip: '127.0.0.1',
    port: 0,
    maxCalls: 100,
    admission: everybody,
    tcp: true,
    log: openLog('test', 'silent'),
    userAgent: 'test',
    now,
  });
  const { port } = await server.start((leg) => {
    const probe = new LegProbe(leg, answerTo);
    probes.push(probe);
    take(probe);
  });
  target = `127.0.0.1:${port}`;
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** A port of its own: late messages to the usual one may be of another sipp's calls. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

const sipp = async (scenario: string, calls: number, ...args: string[]): Promise<void> => {
  const file = writeScenario(scenario, folder, {});
  const port = String(await freePort());
  await runSipp(target, file, folder, [
    '-p',
    port,
    '-m',
    String(calls),
    '-r',
    '50',
    '-l',
    '50',
    '-timeout',
    '60',
    '-timeout_error',
    ...args,
  ]);
};

const ends = () => Promise.all(probes.map(async ({ ended }) => (await ended.next()).end));

describe('sipp', { timeout, skip: sippMissing }, () => {
  test('100 calls, answered and hung up', async () => {
    await sipp('plain', 100);
    assert.deepEqual(new Set(await ends()), new Set(['hangup']));
    assert.equal(probes.length, 100);
    assert.equal(server.held().legs, 0);
  });

  test('30 calls while 15 % of all packets are lost', async () => {
    await sipp('plain', 30, '-lost', '15');
    assert.equal(probes.length, 30, 'no repeat became a call');
    assert.equal((await ends()).length, 30);
  });

  test('20 calls, given up while they ring', async () => {
    take = ({ leg }) => leg.ringing();
    await sipp('cancel', 20);
    assert.deepEqual(new Set(await ends()), new Set(['cancelled']));
    assert.equal(server.held().legs, 0);
  });

  test('a call that is never acknowledged is hung up', async () => {
    take = async ({ leg }) => {
      const sdp = await answerTo(leg.remoteSdp);
      leg.answer(sdp).catch(() => undefined);
      aheadNs += 33_000_000_000n;
    };
    await sipp('no-ack', 1);
    assert.deepEqual(await ends(), ['no-ack']);
  });

  test('20 calls, hung up by us', async () => {
    take = (probe) => void answer(probe).then(() => probe.leg.hangup());
    await sipp('hung-up', 20);
    assert.equal(probes.length, 20);
    assert.equal(server.held().legs, 0);
  });

  test('20 calls, held and resumed', async () => {
    await sipp('hold', 20);
    assert.deepEqual(new Set(await ends()), new Set(['hangup']));
  });

  test('OPTIONS', () => sipp('options', 10));

  test('over TCP: 50 calls on one connection, 20 on one each, 20 hung up by us', async () => {
    await sipp('plain', 50, '-t', 't1');
    await sipp('plain', 20, '-t', 'tn', '-max_socket', '500');
    take = (probe) => void answer(probe).then(() => probe.leg.hangup());
    await sipp('hung-up', 20, '-t', 't1');
    assert.equal(probes.length, 90);
    assert.equal(server.held().legs, 0);
  });
});
