/**
 * Seeded random walks: callers and clients do what they like to the whole server, over a network that loses, repeats
 * and delays. However a call goes, it has one end, one summary, and gives everything back, here and in OpenSIPS.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CallSummary } from '../../src/observer/summary.js';
import { B2bModel } from '../support/b2b-model.js';
import { captured, OpenSipsStandIn } from '../support/opensips-stand-in.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { testFolder } from '../support/tiny-models/folder.js';
import { seeded } from '../support/weather.js';

const steps = 12;
const callers = 8;
const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
const storm = { loss: 0.1, duplication: 0.2, delayMs: 15 };

const folder = testFolder();
let opensips: OpenSipsStandIn;
let model: B2bModel;
let server: TestServer;
const summaries: CallSummary[] = [];

before(async () => {
  opensips = await OpenSipsStandIn.start();
  model = new B2bModel();
  for (const method of [
    'event_subscribe',
    'ua_session_list',
    'ua_session_reply',
    'ua_session_terminate',
    'ua_session_update',
  ])
    opensips.answer(method, (request) => JSON.stringify({ jsonrpc: '2.0', ...model.answer(request), id: request.id }));
  server = await runServer({
    ...scripted,
    'sip.enabled': 'false',
    'opensips.port': String(opensips.port),
    'opensips.journal': join(folder, 'sessions'),
    'opensips.timeout_ms': '300',
    'opensips.expire_s': '30',
    'call.max': '6',
    'llm.sequences': '64',
  });
  server.onSummary((summary) => summaries.push(summary));
});
after(async () => {
  opensips.weather = { loss: 0, duplication: 0, delayMs: 0 };
  await server.stop();
  await opensips.goAway();
});

let cseq = 100;
/** A captured event, of this session and with a CSeq of its own. */
function event(name: string, key: string): Buffer {
  const text = captured(`event-${name}`).toString('latin1');
  const number = String(++cseq);
  return Buffer.from(text.replace(/"key":"[^"]+"/, `"key":"${key}"`).replace(/CSeq: \d+/, `CSeq: ${number}`), 'latin1');
}

const inDialog: readonly [method: string, capture: string][] = [
  ['INFO', 'updated-info-dtmf-relay'],
  ['INVITE', 'updated-invite-hold'],
  ['INVITE', 'updated-invite-resume'],
  ['INVITE', 'updated-invite-no-sdp'],
  ['UPDATE', 'updated-update'],
  ['OPTIONS', 'updated-options'],
  ['REFER', 'updated-refer'],
  ['NOTIFY', 'updated-notify-trying'],
];

type Step = (key: string, random: () => number) => unknown;
const ignore = (): undefined => undefined;

const callerSteps: readonly Step[] = [
  (key) => model.bye(key) && opensips.toss(event('terminated-bye', key)),
  (key) => model.cancel(key) && opensips.toss(event('terminated-cancel', key)),
  ...inDialog.map(
    ([method, capture]): Step =>
      (key) =>
        model.request(key, method) && opensips.toss(event(capture, key)),
  ),
  (key) => opensips.toss(event('answered-refer-202', key)),
  (key) => opensips.toss(event('rejected-refer-603', key)),
  (key) => opensips.toss(event('updated-notify-failed', key)),
  () => opensips.toss(Buffer.from('{"jsonrpc":"2.0","method":"E_UA_SESSION","params":{"key":"B2B.')),
];

const clientSteps: readonly Step[] = [
  (key) => server.calls.get(key)?.hangup('client-hangup', 'test').catch(ignore),
  (key) => server.calls.get(key)?.transfer('sip:a@b', 'test').catch(ignore),
  (key) => server.calls.get(key)?.say('Hello again.', { interrupt: true, origin: 'test' }),
  (key) => server.calls.get(key)?.update({ volume: 0.5 }, 'test'),
  (key) => server.calls.get(key)?.interrupt('test'),
];

const ended = (key: string): Promise<unknown> =>
  Promise.race([
    server.event('call-ended', ({ callId }) => callId === key),
    server.event('call-unanswered', ({ callId }) => callId === key),
  ]);

const started = (key: string) => server.event('call-started', ({ callId }) => callId === key);

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One caller from INVITE to wherever it leads; at its end he hangs up for good. */
async function walk(key: string, random: () => number): Promise<void> {
  model.invite(key);
  await opensips.raise(event(random() < 0.2 ? 'new-invite-no-sdp' : 'new-invite', key));
  if (random() < 0.7) await Promise.race([started(key), ended(key)]);
  const all = [...callerSteps, ...clientSteps];
  for (let step = 0; step < steps; step++) {
    for (let turns = Math.floor(random() * 40); turns > 0; turns--) await pause();
    try {
      all[Math.floor(random() * all.length)]?.(key, random);
    } catch {
      // A verb that comes too late is refused: that is what it should be.
    }
  }
  if (model.cancel(key)) await opensips.raise(event('terminated-cancel', key));
  else if (model.bye(key)) await opensips.raise(event('terminated-bye', key));
}

for (const seed of [1, 2, 3, 4]) {
  test(`walk ${seed}: one end and one summary for each call, and nothing is left`, { timeout: 60_000 }, async () => {
    const random = seeded(seed);
    opensips.random = seeded(seed + 1000);
    opensips.weather = storm;
    const keys = Array.from({ length: callers }, (_, n) => `B2B.${seed}.${n}.1.1`);
    await Promise.all(keys.map((key) => walk(key, random)));
    opensips.weather = { loss: 0, duplication: 0, delayMs: 0 };
    await Promise.all(keys.map(ended));
    await server.idle();
    await model.until(() => model.keys.length === 0);
    assert.ok(server.events.some(({ type, callId }) => type === 'call-started' && keys.includes(callId)));
    for (const key of keys) {
      const ends = server.events.filter(
        ({ type, callId }) => callId === key && (type === 'call-ended' || type === 'call-unanswered'),
      );
      assert.equal(ends.length, 1, `${key}: ${JSON.stringify(ends.map(({ type }) => type))}`);
      assert.equal(summaries.filter(({ call_id }) => call_id === key).length, 1, key);
    }
  });
}
