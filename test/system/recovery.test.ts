/** A worker that dies in the middle of a call: the call apologises, the worker is replaced, the next call works. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import type { WorkerRole } from '../../src/pipeline/workers/protocol.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

let server: TestServer;
before(async () => {
  server = await runServer({
    'stt.engine': 'scripted',
    'llm.engine': 'scripted',
    'tts.engine': 'scripted',
    'turn.silence_ms': '400',
  });
});
after(() => server.stop());

const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });

/** Calls the server, and hangs up when `work` is done. */
const called = (user: string, work: (phone: Phone, callId: string) => Promise<void>): Promise<void> =>
  withSipLine(config, async (signalling) => {
    const phone = await Phone.call(server.uri(user), config, signalling, {
      onFrame: () => undefined,
      onEnded: () => undefined,
    });
    try {
      const { callId } = await server.event('call-started', ({ to }) => to.includes(`:${user}@`));
      await server.event('bot-stopped-speaking', (event) => event.callId === callId && event.turn === 0);
      await work(phone, callId);
    } finally {
      await phone.hangUp();
    }
  });

async function isAnswered(phone: Phone, callId: string, afterTurn: number): Promise<void> {
  await phone.say(joined(await spokenWords('hello, is anybody there'), quiet(800)));
  await server.event('bot-started-speaking', (event) => event.callId === callId && event.turn > afterTurn);
}

for (const role of ['speech', 'language', 'voice'] satisfies WorkerRole[]) {
  test(`the ${role} worker dies`, { timeout: 60_000 }, async () => {
    await called(`hurt-${role}`, async (phone, callId) => {
      await server.kill(role);
      await server.event('error', (event) => event.callId === callId && event.code === 'WORKER_DIED');
      const apology = await server.event('bot-started-speaking', (event) => event.callId === callId && event.turn > 0);
      await server.event('bot-stopped-speaking', (event) => event.callId === callId && event.turn === apology.turn);
      await isAnswered(phone, callId, apology.turn);
    });
    await called(`next-${role}`, (phone, callId) => isAnswered(phone, callId, 0));
    await server.idle();
    assert.deepEqual(
      Object.entries(server.held()).filter(([what, count]) => what !== 'transactions' && count > 0),
      [],
    );
  });
}
