/**
 * Callers that hold, press keys, are transferred, give up while it rings, and leave early, all at once, on the whole
 * server: each call ends once, and nothing is held afterwards, SIP's transactions included, which live for half a
 * minute. `OAVC_MIXED_CALLS` sets how many there are, at 10 a second.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { runServer, type TestServer } from '../support/running-server.js';
import { runSipp, sippMissing } from '../support/sipp.js';
import { type Behaviour, behaviours, writeBehaviour } from '../support/sipp-steps.js';
import { testFolder } from '../support/tiny-models/folder.js';

const names = (Object.keys(behaviours) as Behaviour[]).filter((name) => name !== 'account');
const perBehaviour = Math.ceil(Number(process.env.OAVC_MIXED_CALLS ?? 50) / names.length);
const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
const folder = testFolder();

let server: TestServer;
before(async () => {
  server = await runServer({ ...scripted, 'llm.sequences': '200', 'agent.default.greeting': 'Hello there.' });
  server.tap.subscribe((event) => {
    if (event.type !== 'call-started' || !event.to.includes(':transfer@')) return;
    void server.calls.get(event.callId)?.transfer('1234', 'test');
  });
});
after(() => server.stop());

const count = (type: string): number => server.events.filter((event) => event.type === type).length;

/** How many calls ended for which reason. */
function endings(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const event of server.events)
    if (event.type === 'call-ended') counts[event.reason] = (counts[event.reason] ?? 0) + 1;
  return counts;
}

/** All behaviours at once, 10 calls a second together. */
async function crowd(firstPort: number, args: readonly string[] = []): Promise<void> {
  const target = `127.0.0.1:${server.sip?.port ?? 0}`;
  const each = names.map((name, n) =>
    runSipp(target, writeBehaviour(name, folder), folder, [
      ...`-p ${firstPort + n} -mp ${firstPort + 1000 + 10 * n} -m ${perBehaviour} -r 2 -l 100`.split(' '),
      ...['-default_behaviors', 'all,-abortunexp'],
      ...args,
    ]),
  );
  await Promise.all(each);
}

async function allEnded(): Promise<void> {
  await server.idle();
  assert.equal(count('call-ended'), count('call-started'));
}

describe('mixed callers', { skip: sippMissing, timeout: 300_000 }, () => {
  test('none is stuck, none leaks', async (context) => {
    await crowd(21_000);
    await allEnded();
    context.diagnostic(`ended as ${JSON.stringify(endings())}`);
    const begun = (user: string) =>
      server.events.filter((event) => event.type === 'call-started' && event.to.includes(`:${user}@`)).length;
    for (const user of ['hold', 'dtmf', 'transfer', 'early-bye']) assert.equal(begun(user), perBehaviour, user);
    assert.ok(begun('cancel') < perBehaviour, 'nobody gave up in time');
    assert.equal(count('digit'), 3 * perBehaviour);
    const transferred = server.events.filter((event) => event.type === 'call-ended' && event.reason === 'transferred');
    assert.equal(transferred.length, perBehaviour);
  });

  test('the same while 10 % of all packets are lost', async (context) => {
    await crowd(21_100, ['-lost', '10']);
    await allEnded();
    context.diagnostic(`both ended as ${JSON.stringify(endings())}`);
  });

  test('SIP forgets them all', async (context) => {
    while (server.held().transactions !== 0) await new Promise((resolve) => setImmediate(resolve));
    context.diagnostic(`held: ${JSON.stringify(server.held())}`);
    assert.deepEqual(new Set(Object.values(server.held())), new Set([0]));
  });
});
