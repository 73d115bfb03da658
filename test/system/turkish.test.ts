/**
 * A call in Turkish from end to end over real SIP and RTP: libvosk hears Turkish words (a tiny model whose words are
 * buzzes), and espeak-ng says the answer in Turkish, numbers and suffixes included.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { loadAddon } from '../../src/media/addon.js';
import { runServer } from '../support/running-server.js';
import { quiet } from '../support/spoken-words.js';
import { testFolder } from '../support/tiny-models/folder.js';
import { buzz, joined } from '../support/tiny-models/sound.js';
import { writeTinyVosk } from '../support/tiny-models/vosk.js';

const folder = testFolder();
const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const greeting = "Bakiyeniz 1.250,50 TL, 3'te arayın.";

/** A word of the tiny model at the rate of the line. */
function word(timbre: 'low' | 'high', ms: number): Int16Array {
  const samples = buzz(timbre, ms);
  const resampler = new (loadAddon().Resampler)(16000, 8000);
  const output = new Int16Array(resampler.outputBound(samples.length) + resampler.outputBound(1024));
  const count = resampler.process(samples, output);
  return output.subarray(0, count + resampler.flush(output.subarray(count)));
}

test('Turkish is heard, answered, and said in words', { timeout: 120_000 }, async (t) => {
  const server = await runServer({
    'stt.engine': 'vosk',
    'stt.model_tr': await writeTinyVosk(join(folder, 'vosk-tr')),
    'llm.engine': 'scripted',
    'tts.engine': 'espeak',
    'agent.default.language': 'tr',
    'agent.default.greeting': greeting,
    'turn.silence_ms': '500',
    'vad.start_threshold': '0.05',
    'vad.stop_threshold': '0.02',
  });
  t.after(() => server.stop());
  await withSipLine(config, async (signalling) => {
    const phone = await Phone.call(server.uri('banka'), config, signalling, {
      onFrame: () => undefined,
      onEnded: () => undefined,
    });
    t.after(() => phone.hangUp());
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
    await phone.hangUp();
  });
  await server.idle();
});
