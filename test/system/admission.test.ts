/** Answers that come too late keep new calls away, and the call that runs goes on: over real SIP, RTP and HTTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const handlers = { onFrame: () => undefined, onEnded: () => undefined };

/** No answer is as quick as a millisecond: the ten turns from which the percentile counts are late. */
const settings = {
  'stt.engine': 'scripted',
  'stt.model': 'hello there',
  'llm.engine': 'scripted',
  'llm.model': 'answer=Nothing.',
  'tts.engine': 'scripted',
  'turn.strategy': 'silence',
  'turn.silence_ms': '600',
  'turn.admission_p90_ms': '1',
  'rtvi.enabled': 'true',
  'rtvi.port': '0',
};

const callers = 4;

/** All callers ask; resolves when each has heard its answer. */
async function round(server: TestServer, phones: readonly Phone[], number: number): Promise<void> {
  const question = joined(await spokenWords('hello there'), quiet(100));
  await Promise.all(phones.map((phone) => phone.say(question)));
  await answered(server, number);
}

const answered = (server: TestServer, number: number) =>
  server.event('bot-stopped-speaking', ({ turn }) => {
    const ends = server.events.filter((event) => event.type === 'bot-stopped-speaking' && event.turn === number);
    return turn === number && ends.length === callers;
  });

test('late answers: 503 for new calls, /readyz and a metric say so, and the running calls are answered on', {
  timeout: 120_000,
}, async () => {
  const server = await runServer(settings);
  const page = (path: string) => fetch(`http://127.0.0.1:${server.rtvi?.port}${path}`);
  try {
    await withSipLine(config, async (signalling) => {
      const call = () => Phone.call(server.uri('bot'), config, signalling, handlers);
      const phones = await Promise.all(Array.from({ length: callers }, call));
      await answered(server, 0);
      assert.equal((await page('/readyz')).status, 200);
      for (const number of [1, 2, 3]) await round(server, phones, number);
      const refused = await page('/readyz');
      assert.equal(refused.status, 503);
      assert.match(await refused.text(), /answers take \d+ ms/);
      assert.match(await (await page('/metrics')).text(), /^oavc_admission_open 0$/m);
      await assert.rejects(call(), /503/);
      await round(server, phones, 4);
      await Promise.all(phones.map((phone) => phone.hangUp()));
    });
    await server.idle();
  } finally {
    await server.stop();
  }
});
