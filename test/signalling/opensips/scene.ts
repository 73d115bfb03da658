/** The signalling and an OpenSIPS stand-in, made anew for each test. The tests of this folder share it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'node:test';
import type { OavcError } from '../../../src/errors.js';
import { openLog } from '../../../src/log.js';
import { type OpenSipsOptions, OpenSipsSignalling } from '../../../src/signalling/opensips/sessions.js';
import { answerSdp, readSdp } from '../../../src/signalling/sdp.js';
import { Arrivals, LegProbe } from '../../support/leg-probe.js';
import { capturedFor, capturedRequest, type MiRequest, OpenSipsStandIn } from '../../support/opensips-stand-in.js';

export const key = 'B2B.101.486.1795356443.713059644';
export const sdp = String(capturedRequest('ua-session-reply-200-sdp').params.body);
export const local = { ip: '127.0.0.1', port: 35000, codecs: ['PCMU', 'PCMA'], sessionId: 7, version: 1 } as const;
export const answerTo = async (offer: string) => answerSdp({ remote: readSdp(offer), local }).sdp;
export const timeout = 15_000;

export let opensips: OpenSipsStandIn;
export let signalling: OpenSipsSignalling;
export let legs: Arrivals<LegProbe>;

export const options = (): OpenSipsOptions => ({
  miIp: '127.0.0.1',
  miPort: opensips.port,
  eventIp: '127.0.0.1',
  eventPort: 0,
  timeoutMs: 300,
  expireS: 60,
  connector: '',
  journal: undefined,
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

export const start = () => signalling.start((leg) => legs.push(new LegProbe(leg, answerTo)));

/** A session that was announced by this capture and answered. */
export async function running(name = 'new-invite'): Promise<LegProbe> {
  await start();
  await opensips.raise(name);
  const probe = await legs.next();
  await probe.leg.answer(sdp);
  await opensips.next('ua_session_reply');
  return probe;
}

/** The command as it was captured, id and what only this program adds left out. */
export const params = ({ params }: MiRequest, ...added: string[]) => {
  const rest = { ...params };
  for (const name of added) delete rest[name];
  return rest;
};
export const expected = (name: string) => capturedRequest(name).params;
export const refusedWith = (code: string) => (thrown: unknown) => (thrown as OavcError).code === code;

/** A capture of another session, made one of `to`. */
export const withKey = (name: string, to = key): Buffer => capturedFor(name, to);

/** Other options than the usual ones, for this test. */
export function use(others: Partial<OpenSipsOptions>): void {
  signalling = new OpenSipsSignalling({ ...options(), ...others });
}

export const renewEachThird = (): void => use({ expireS: 1 });
