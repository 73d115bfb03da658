/**
 * A call in Turkish from end to end over real SIP and RTP: libvosk hears Turkish words (a tiny model whose words are
 * buzzes), and espeak-ng says the answer in Turkish, numbers and suffixes included.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { loadAddon } from '../../src/media/addon.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { quiet } from '../support/spoken-words.js';
import { testFolder } from '../support/tiny-models/folder.js';
import { buzz, joined } from '../support/tiny-models/sound.js';
import { writeTinyVosk } from '../support/tiny-models/vosk.js';

const folder = testFolder();
const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const greeting = "Bakiyeniz 1.250,50 TL, 3'te arayın.";
const longGreeting =
  'Bankamıza hoş geldiniz, bugün size kartlarınız, hesaplarınız, kredileriniz ve havaleleriniz için yardım edebilirim. ' +
  'Ne yapmak istediğinizi bana kendi sözlerinizle anlatın, ben de sizi doğru yere bağlayayım veya hemen yapayım.';

/** A word of the tiny model at the rate of the line. */
function word(timbre: 'low' | 'high', ms: number): Int16Array {
  const samples = buzz(timbre, ms);
  const resampler = new (loadAddon().Resampler)(16000, 8000);
  const output = new Int16Array(resampler.outputBound(samples.length) + resampler.outputBound(1024));
  const count = resampler.process(samples, output);
  return output.subarray(0, count + resampler.flush(output.subarray(count)));
}

/** A Turkish agent, and a caller who is put through to it. */
async function inCall(
  t: TestContext,
  settings: Record<string, string>,
  work: (server: TestServer, phone: Phone) => Promise<void>,
): Promise<void> {
  const server = await runServer({
    'stt.engine': 'vosk',
    'stt.model_tr': await writeTinyVosk(join(folder, 'vosk-tr')),
    'llm.engine': 'scripted',
    'tts.engine': 'espeak',
    'agent.default.language': 'tr',
    'turn.silence_ms': '500',
    'vad.start_threshold': '0.05',
    'vad.stop_threshold': '0.02',
    ...settings,
  });
  t.after(() => server.stop());
  await withSipLine(config, async (signalling) => {
    const phone = await Phone.call(server.uri('banka'), config, signalling, {
      onFrame: () => undefined,
      onEnded: () => undefined,
    });
    t.after(() => phone.hangUp());
    await work(server, phone);
    await phone.hangUp();
  });
  await server.idle();
}

test('Turkish is heard, answered, and said in words', { timeout: 120_000 }, async (t) => {
  await inCall(t, { 'agent.default.greeting': greeting }, async (server, phone) => {
    const greeted = await server.event('bot-stopped-speaking', ({ turn }) => turn === 0);
    const said = server.events.filter((event) => event.type === 'sentence-heard').map(({ text }) => text);
    assert.equal(said.join(' '), greeting, 'what is told is what was written');
    assert.ok(greeted.speechMs > 3000, `numbers are said as words: ${greeted.speechMs} ms`);
    await phone.say(joined(word('high', 700), quiet(300), word('low', 700), quiet(1200)));
    const heard = await server.event('transcript-final');
    assert.equal(heard.language, 'tr');
    assert.match(heard.text, /hayır/);
    const asked = await server.event('user-turn-ended');
    const answer = await server.event('sentence', ({ turn }) => turn === asked.turn);
    assert.match(answer.text, /hayır/);
    await server.event('bot-started-speaking', ({ turn }) => turn === asked.turn);
  });
});

for (const [what, settings] of [
  ['a command', {}],
  ['a word like any other', { 'turn.commands_tr': 'dur' }],
] as const)
  test(`while the bot speaks "evet" takes nothing from it; "hayır", ${what}, does`, { timeout: 120_000 }, async (t) => {
    const onlyWords = { 'turn.barge_in_speech_ms': '5000', 'agent.default.greeting': longGreeting };
    await inCall(t, { ...settings, ...onlyWords }, async (server, phone) => {
      await server.event('bot-started-speaking', ({ turn }) => turn === 0);
      await phone.say(joined(word('low', 400), quiet(200)));
      const rejected = await server.event('barge-in-rejected');
      assert.equal(rejected.text, 'evet');
      await server.event('playout-progress', ({ atNs }) => atNs > rejected.atNs);
      assert.ok(server.events.every(({ type }) => type !== 'bot-interrupted' && type !== 'user-turn-ended'));
      // The voice activity hears the dull buzz alone, the recogniser the sharp one before it too.
      await phone.say(joined(word('high', 300), word('low', 300), quiet(200)));
      const { turn, cause } = await server.event('bot-interrupted');
      assert.deepEqual([turn, cause], [0, 'caller']);
      assert.match((await server.event('user-turn-ended')).text, /^hayır/);
    });
  });
