import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { converse, type Utterance, usualPatience } from '../../src/caller/conversation.js';
import { Ear } from '../../src/caller/ear.js';

const frameNs = 20_000_000n;
const speech = new Int16Array(320).fill(4000);
const silence = new Int16Array(320);

/** A bot in virtual time: hears when the caller's utterance ended, and speaks by a plan of frames. */
class Bot {
  readonly ear = new Ear({ onsetMs: 40, hangoverMs: 300 });
  nowNs = 1_000_000_000n;

  play(samples: Int16Array, frames: number): void {
    for (let i = 0; i < frames; i++) {
      this.nowNs += frameNs;
      // Packets wait 30 ms in the jitter buffer.
      this.ear.hear({ samples, arrivalNs: this.nowNs - 30_000_000n, playoutNs: this.nowNs });
    }
  }
}

const question = (text: string, interrupts = false): Utterance => ({ text, samples: speech, interrupts });

/** Lets what waits for the ear run on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a conversation', () => {
  test('waits for the greeting, then measures each answer from packet to packet', async () => {
    const bot = new Bot();
    const asked: string[] = [];
    const talk = converse(bot.ear, async () => bot.nowNs, [question('one'), question('two')], usualPatience, {
      asking: ({ text }) => asked.push(text),
    });
    bot.play(silence, 10);
    bot.play(speech, 20);
    await settle();
    assert.deepEqual(asked, [], 'nobody asks into the greeting');
    bot.play(silence, 20);
    await settle();
    assert.deepEqual(asked, ['one']);
    for (let answers = 0; answers < 2; answers++) {
      bot.play(silence, 30);
      bot.play(speech, 50);
      bot.play(silence, 20);
      await settle();
    }
    const exchanges = await talk;
    // 31 frames until the first voiced one is played, less the 30 ms that its packet waited.
    assert.deepEqual(
      exchanges.map(({ feltMs }) => feltMs),
      [590, 590],
    );
    assert.deepEqual(
      exchanges.map(({ answerMs }) => answerMs),
      [1000, 1000],
    );
  });

  test('an interrupting question begins while the bot talks, and its answer is not the rest of the one before', async () => {
    const bot = new Bot();
    const speakingAtStart: boolean[] = [];
    const say = async () => {
      speakingAtStart.push(bot.ear.speakingMs > 0);
      bot.play(speech, 10);
      bot.play(silence, 5);
      return bot.nowNs;
    };
    const patience = { ...usualPatience, greetingMs: 100, interruptAfterMs: 500 };
    const talk = converse(bot.ear, say, [question('long'), question('stop', true)], patience);
    bot.play(silence, 10);
    await settle();
    bot.play(silence, 10);
    bot.play(speech, 30);
    await settle();
    bot.play(silence, 20);
    bot.play(speech, 20);
    bot.play(silence, 30);
    await settle();
    const [long, stop] = await talk;
    assert.deepEqual(speakingAtStart, [false, true]);
    assert.equal(long?.answerMs, undefined, 'it was cut off');
    assert.equal(stop?.feltMs, 21 * 20 - 30);
  });

  test('a silence in which the bot is known to go on is part of its answer', async () => {
    const bot = new Bot();
    let done = false;
    const patience = { ...usualPatience, greetingMs: 100 };
    const talk = converse(bot.ear, async () => bot.nowNs, [question('one')], patience, { mayAsk: () => done });
    bot.play(silence, 10);
    await settle();
    bot.play(silence, 10);
    bot.play(speech, 10);
    bot.play(silence, 50);
    await settle();
    bot.play(speech, 10);
    done = true;
    bot.play(silence, 20);
    const [exchange] = await talk;
    assert.equal(exchange?.feltMs, 11 * 20 - 30, 'it began with its first sentence');
    assert.equal(exchange.answerMs, 70 * 20);
  });

  test('without an answer there is no felt time, and the next question follows', async () => {
    const bot = new Bot();
    const patience = { ...usualPatience, greetingMs: 100, answerMs: 1000 };
    const talk = converse(bot.ear, async () => bot.nowNs, [question('one')], patience);
    bot.play(silence, 10);
    await settle();
    bot.play(silence, 60);
    assert.deepEqual(await talk, [{ text: 'one', interrupts: false, feltMs: undefined, answerMs: undefined }]);
  });

  test('when the call ends nobody waits', async () => {
    const bot = new Bot();
    const talk = converse(bot.ear, async () => bot.nowNs, [question('one')]);
    bot.ear.close();
    assert.equal((await talk)[0]?.feltMs, undefined);
  });
});
