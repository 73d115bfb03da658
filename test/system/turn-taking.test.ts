/** How turns are taken, in real calls through SIP and RTP, with a recogniser that knows what will be said. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { voicedSteps } from '../../src/engines/stt/scripted-pieces.js';
import type { CallEvent, CallEventType } from '../../src/pipeline/events.js';
import { realOrSkip } from '../support/real-models.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const wordMs = 200;
const step = 80;

/** Sound for so many words: their voiced parts, without gaps, so that the scripted recogniser counts them. */
async function words(text: string): Promise<Int16Array> {
  const sound = await spokenWords(text);
  const steps = Array.from({ length: Math.floor(sound.length / step) }, (_, at) =>
    sound.subarray(at * step, (at + 1) * step),
  );
  const voiced = steps.filter((each) => voicedSteps(each, step) > 0);
  const wanted = (text.split(' ').length * wordMs) / 10;
  return joined(...Array.from({ length: wanted }, (_, at) => voiced[at % voiced.length] ?? quiet(10)));
}

/** A burst of noise that dies away, 250 ms. */
const cough = (): Int16Array =>
  Int16Array.from({ length: 2000 }, (_, at) => 9000 * (((at * 7919) % 1013) / 506 - 1) * Math.exp(-at / 600));

interface Scene {
  server: TestServer;
  phone: Phone;
  say(text: string): Promise<unknown>;
  /** Events of a type so far. */
  count(type: CallEventType): number;
}

const base = {
  'stt.engine': 'scripted',
  'llm.engine': 'scripted',
  'llm.model': 'answer=This is an answer that takes some seconds to be said to its very end.',
  'tts.engine': 'scripted',
};

async function inCall(settings: Record<string, string>, work: (scene: Scene) => Promise<void>): Promise<void> {
  const server = await runServer({ ...base, ...settings });
  try {
    await withSipLine(config, async (signalling) => {
      const handlers = { onFrame: () => undefined, onEnded: () => undefined };
      const phone = await Phone.call(server.uri('bot'), config, signalling, handlers);
      try {
        await work({
          server,
          phone,
          say: async (text) => phone.say(await words(text)),
          count: (type) => server.events.filter((event) => event.type === type).length,
        });
      } finally {
        await phone.hangUp();
      }
    });
    await server.idle();
  } finally {
    await server.stop();
  }
}

const turnOf = (turn: number) => (event: CallEvent) => 'turn' in event && event.turn === turn;
const greetingOver = (server: TestServer) => server.event('bot-stopped-speaking', turnOf(0));

/** Asks, and resolves when the answer is being said. */
async function answering({ server, say }: Scene, question: string): Promise<void> {
  await greetingOver(server);
  await say(question);
  await server.event('bot-started-speaking', turnOf(1));
}

describe('turn-taking in real calls', () => {
  test('adaptive: a pause after "and" belongs to the turn, and the reason is told', async () => {
    const texts = 'please block my card and / order a new one please';
    await inCall({ 'stt.model': texts, 'turn.strategy': 'adaptive' }, async ({ server, phone }) => {
      await greetingOver(server);
      const [first = '', second = ''] = texts.split(' / ');
      await phone.say(joined(await words(first), quiet(900), await words(second)));
      const { text } = await server.event('user-turn-ended');
      assert.equal(text, `${first} ${second}`);
      await server.event('turn-judged', ({ reason }) => reason === 'unfinished');
      await server.event('turn-judged', ({ reason }) => reason === 'complete');
    });
  });

  test('silence: the same pause ends the turn', async () => {
    const texts = 'please block my card and / order a new one please';
    await inCall({ 'stt.model': texts, 'turn.strategy': 'silence' }, async ({ server, phone }) => {
      await greetingOver(server);
      await phone.say(
        joined(await words('please block my card and'), quiet(1500), await words('order a new one please')),
      );
      assert.equal((await server.event('user-turn-ended')).text, 'please block my card and');
    });
  });

  test('an expected number is waited for through a long pause, and ends the turn at its last digit', async () => {
    const texts = 'it is four five / six seven';
    const settings = { 'stt.model': texts, 'turn.strategy': 'silence', 'agent.bank.expect_digits': '4' };
    await inCall(settings, async ({ server, phone }) => {
      await greetingOver(server);
      await phone.say(joined(await words('it is four five'), quiet(1500), await words('six seven')));
      assert.equal((await server.event('user-turn-ended')).text, 'it is four five six seven');
      await server.event('turn-judged', ({ reason }) => reason === 'digits-complete');
    });
  });

  test('a back-channel lets the bot go on, a command cuts it off', async () => {
    await inCall({ 'stt.model': 'what can you do please /|yeah /|stop that now /' }, async (scene) => {
      const { server, say } = scene;
      await answering(scene, 'what can you do please');
      await say('yeah');
      await server.event('barge-in-rejected', ({ text }) => text === 'yeah');
      assert.equal(scene.count('bot-interrupted'), 0);
      await say('stop that now');
      await server.event('bot-interrupted', turnOf(1));
      assert.equal((await server.event('user-turn-ended', turnOf(2))).text, 'stop that now');
    });
  });

  test('a number that the bot dictates may be repeated, other words cut it off', async () => {
    const dictating = 'answer=Your number is five three two, and then seven one nine.';
    const settings = { 'stt.model': 'what is my number /|seven one /|sorry what was that /', 'llm.model': dictating };
    await inCall(settings, async (scene) => {
      const { server, say } = scene;
      await answering(scene, 'what is my number');
      await say('seven one');
      await server.event('barge-in-rejected', ({ text }) => text === 'seven one');
      assert.equal(scene.count('bot-interrupted'), 0);
      await say('sorry what was that');
      await server.event('bot-interrupted', turnOf(1));
    });
  });

  test('long speech cuts the bot off where the recogniser has no words yet; a cough does not', async () => {
    await inCall({ 'stt.model': 'what can you do please||I want a person' }, async (scene) => {
      const { server, phone, say } = scene;
      await answering(scene, 'what can you do please');
      await phone.say(cough());
      await phone.say(quiet(300));
      assert.equal(scene.count('bot-interrupted'), 0);
      await say('I really want to talk to a person');
      const { cause } = await server.event('bot-interrupted', turnOf(1));
      assert.equal(cause, 'caller');
    });
  });

  test("the bot's own words do not cut it off", async () => {
    await inCall({ 'stt.model': 'what can you do please /|an answer that takes some /' }, async (scene) => {
      const { server, say } = scene;
      await answering(scene, 'what can you do please');
      await say('an answer that takes some');
      await server.event('barge-in-rejected', ({ text }) => text === 'an answer that takes some');
      await server.event('sentence-heard', turnOf(1));
      assert.equal(scene.count('bot-interrupted'), 0);
    });
  });

  const smartModel = { skip: realOrSkip('smart-turn-v3.2') };
  test('smart: the model judges each pause of a call, and the turn ends', smartModel, async () => {
    await inCall(
      { 'stt.model': 'what are your opening hours /', 'turn.strategy': 'smart' },
      async ({ server, phone }) => {
        await greetingOver(server);
        await phone.say(await spokenWords('What are your opening hours?'));
        assert.equal((await server.event('user-turn-ended')).text, 'what are your opening hours');
        const reasons = server.events.flatMap((event) => (event.type === 'turn-judged' ? [event.reason] : []));
        assert.ok(
          reasons.some((reason) => reason.startsWith('model')),
          reasons.join(' '),
        );
      },
    );
  });

  test('a greeting that must be heard is not interrupted', async () => {
    const settings = {
      'stt.model': 'stop that now /|hello there my friend /',
      'agent.bank.greeting': 'This call is recorded, please listen to all of it.',
      'agent.bank.greeting_interruptible': 'false',
    };
    await inCall(settings, async (scene) => {
      const { server, say } = scene;
      await server.event('bot-started-speaking', turnOf(0));
      await say('stop that now');
      await server.event('sentence-heard', turnOf(0));
      await greetingOver(server);
      assert.equal(scene.count('bot-interrupted') + scene.count('barge-in-suspected'), 0);
      await say('hello there my friend');
      assert.equal((await server.event('user-turn-ended')).text, 'hello there my friend');
    });
  });

  test('keys cut the bot off, and become a turn at the end key', async () => {
    await inCall({ 'stt.model': 'nothing /' }, async ({ server, phone }) => {
      await server.event('bot-started-speaking', turnOf(0));
      phone.media.sendDigits('42#');
      const { cause } = await server.event('bot-interrupted', turnOf(0));
      assert.equal(cause, 'digit');
      assert.equal((await server.event('digits-collected')).digits, '42');
      assert.equal((await server.event('user-turn-ended')).text, '42');
    });
  });

  test('a silent caller is asked, asked again, and let go', async () => {
    const settings = { 'turn.idle_ms': '300', 'turn.idle_prompts_en': 'One? | Two?', 'turn.idle_goodbye_en': 'Bye.' };
    await inCall({ 'stt.model': 'nothing /', ...settings }, async ({ server }) => {
      const { reason } = await server.event('call-ended');
      assert.equal(reason, 'caller-silent');
      const said = server.events.flatMap((event) => (event.type === 'sentence-heard' ? [event.text] : []));
      assert.deepEqual(said.slice(1), ['One?', 'Two?', 'Bye.']);
    });
  });
});
