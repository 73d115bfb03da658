/**
 * sipp calls the server with real audio: every call is heard as its own (each speaks for another time), and nothing
 * is held afterwards. The engines are scripted, so that what is tested is signalling, media and turns.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadAddon } from '../../src/media/addon.js';
import { voicedEnd } from '../../src/media/voiced.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { runSipp, sippMissing, writeScenario } from '../support/sipp.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';
import { testFolder } from '../support/tiny-models/folder.js';

const folder = testFolder();
const counting = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen';
/** Silence before and after the words: the turn ends meanwhile, and the bot answers. */
const patient = { beforeMs: 200, afterMs: 2000 };
const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };

/** No pause between two words ends an utterance. */
const turns = { 'turn.silence_ms': '500', 'turn.pause_ms': '500' };

let server: TestServer;
before(async () => {
  server = await runServer({ ...scripted, 'llm.sequences': '64', ...turns, 'agent.default.greeting': '' });
});
after(() => server.stop());

/** A scenario that speaks for `speechMs` to `user`, with an audio file of its own. */
async function speaks(user: string, words: Int16Array, { beforeMs, afterMs } = patient): Promise<string> {
  const samples = joined(quiet(beforeMs), words, quiet(afterMs));
  const octets = new Uint8Array(samples.length);
  loadAddon().g711Encode(0, samples, octets);
  const file = join(folder, `${user}.ulaw`);
  writeFileSync(file, octets);
  return writeScenario('speaks', folder, { USER: user, AUDIO: file, LISTENS: String(samples.length / 8) });
}

const call = (scenario: string, args: readonly string[]): Promise<void> =>
  runSipp(`127.0.0.1:${server.sip?.port ?? 0}`, scenario, folder, args);

const ended = (): number => server.events.filter(({ type }) => type === 'call-ended').length;

test('20 calls at once: each is heard as its own, answered, and given back', {
  skip: sippMissing,
  timeout: 120_000,
}, async () => {
  const words = await spokenWords(counting);
  const callers = Array.from({ length: 20 }, (_, n) => ({
    user: `crowd-${n}`,
    words: words.subarray(0, (600 + n * 240) * 8),
  }));
  const scenarios = await Promise.all(callers.map((caller) => speaks(caller.user, caller.words)));
  await Promise.all(scenarios.map((scenario, n) => call(scenario, ['-m', '1', '-mp', String(20000 + 10 * n)])));
  for (const { user, words: spoken } of callers) {
    const speechMs = voicedEnd(spoken, 8000) / 8;
    const { callId } = await server.event('call-started', ({ to }) => to.includes(`:${user}@`));
    const heard = await server.event('user-stopped-speaking', (event) => event.callId === callId);
    assert.ok(Math.abs(heard.speechMs - speechMs) < 120, `${user} spoke ${speechMs} ms, ${heard.speechMs} were heard`);
    await server.event('bot-started-speaking', (event) => event.callId === callId);
  }
  await server.idle();
});

test('50 calls one after another leave nothing behind', { skip: sippMissing, timeout: 120_000 }, async () => {
  const before = ended();
  await call(await speaks('row', (await spokenWords(counting)).subarray(0, 2400), { beforeMs: 100, afterMs: 200 }), [
    '-m',
    '50',
    '-l',
    '1',
    '-r',
    '50',
  ]);
  await server.idle();
  assert.equal(ended() - before, 50);
});
