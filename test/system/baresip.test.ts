/** A softphone that is not ours: baresip talks with the server, and both hear each other. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { voicedEnd, voicedStart } from '../../src/media/voiced.js';
import { baresipMissing, callWithBaresip } from '../support/baresip.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';
import { testFolder } from '../support/tiny-models/folder.js';

let server: TestServer;
before(async () => {
  const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
  server = await runServer({
    ...scripted,
    'turn.silence_ms': '500',
    'turn.pause_ms': '500',
    'agent.default.greeting': '',
  });
});
after(() => server.stop());
const folder = testFolder();

for (const [codec, name, rateHz] of [
  ['g711', 'PCMU', 8000],
  ['opus', 'opus', 48000],
] as const) {
  test(`baresip over ${name} is heard and answered`, { skip: baresipMissing, timeout: 60_000 }, async () => {
    const words = await spokenWords('one two three four five six', rateHz);
    const own = join(folder, codec);
    mkdirSync(own);
    const samples = joined(quiet(300, rateHz), words, quiet(2500, rateHz));
    const { heard } = await callWithBaresip(own, server.uri(codec), samples, codec);
    const { callId, codec: used } = await server.event('call-started', ({ to }) => to.includes(`:${codec}@`));
    assert.equal(used, name);
    const { speechMs } = await server.event('user-stopped-speaking', (event) => event.callId === callId);
    const saidMs = (words.length * 1000) / rateHz;
    assert.ok(Math.abs(speechMs - saidMs) < 150, `${saidMs} ms were said, ${speechMs} heard`);
    const [bot = new Int16Array()] = heard.channels;
    const toneMs = ((voicedEnd(bot, heard.rateHz) - voicedStart(bot, heard.rateHz)) * 1000) / heard.rateHz;
    const { text } = await server.event('sentence-written', (event) => event.callId === callId);
    assert.ok(
      Math.abs(toneMs - text.length * 60) < 60,
      `${text.length * 60} ms of tone were spoken, ${toneMs} arrived`,
    );
    await server.idle();
  });
}
