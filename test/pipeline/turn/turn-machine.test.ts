import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InterruptionCause } from '../../../src/pipeline/events.js';
import { AdaptiveEndOfTurn, SmartEndOfTurn } from '../../../src/pipeline/turn/adaptive.js';
import { BargeInJudge, type BotSpeech } from '../../../src/pipeline/turn/barge-in.js';
import { type EndOfTurn, silenceEndOfTurn } from '../../../src/pipeline/turn/end-of-turn.js';
import { type TurnEffects, TurnMachine } from '../../../src/pipeline/turn/turn-machine.js';

class Record implements TurnEffects {
  log: string[] = [];
  bot: BotSpeech = { text: '', echo: 'unknown', interruptible: true };
  botSpeech = () => this.bot;
  turnJudged = () => undefined;
  turnDecided = () => undefined;
  supposed: string[] = [];
  turnSupposed = (text: string) => void this.supposed.push(text);
  pausePlayout = () => void this.log.push('pause');
  resumePlayout = () => void this.log.push('resume');
  interruptBot = (cause: InterruptionCause) => void this.log.push(`interrupt ${cause}`);
  callerMuted = (muted: boolean) => void this.log.push(muted ? 'caller muted' : 'caller heard');
  bargeInRejected = (text: string) => void this.log.push(`rejected ${text}`);
  pauseRecogniser = () => void this.log.push('decode ahead');
  finishUtterance = () => void this.log.push('finish');
  resetUtterance = () => void this.log.push('reset');
  endTurn = (text: string) => void this.log.push(`turn: ${text}`);
}

function machine(bargeIn = true, endOfTurn: EndOfTurn = silenceEndOfTurn(600)) {
  const effects = new Record();
  const judge = new BargeInJudge({ words: 2, speechMs: 500, backChannels: ['yeah'], commands: ['stop'] }, 'en');
  return { effects, m: new TurnMachine({ bargeIn, judge, endOfTurn }, effects) };
}

type Step = (m: TurnMachine) => void;
const speaks: Step = (m) => m.speechStarted();
const stops: Step = (m) => m.speechStopped();
const silence =
  (ms: number, partial = ''): Step =>
  (m) =>
    m.silence(ms, partial);
const says =
  (text: string): Step =>
  (m) =>
    m.transcript(text);
const goesOn =
  (ms: number, partial = ''): Step =>
  (m) =>
    m.speechContinues(partial, ms);
const busy: Step = (m) => m.botStarts();
const done: Step = (m) => m.botIsDone();
const cutOff: Step = (m) => void m.interrupt('client');

const rows: [string, Step[], string[]][] = [
  [
    'a question ends with the silence',
    [speaks, stops, silence(300), silence(600), says('what time is it')],
    ['decode ahead', 'finish', 'turn: what time is it'],
  ],
  [
    'a pause is not the end',
    [speaks, stops, silence(500), speaks, stops, silence(599)],
    ['decode ahead', 'decode ahead'],
  ],
  [
    'speech while the words are awaited belongs to the same turn',
    [speaks, stops, silence(600), speaks, says('please block'), stops, silence(600), says('my card')],
    ['decode ahead', 'finish', 'decode ahead', 'finish', 'turn: please block my card'],
  ],
  ['no words, no turn', [speaks, stops, silence(600), says('')], ['decode ahead', 'finish']],
  [
    'long speech over the bot interrupts it, and is the next turn',
    [busy, speaks, goesOn(499), goesOn(500), stops, silence(600), says('stop please')],
    ['pause', 'interrupt caller', 'decode ahead', 'finish', 'turn: stop please'],
  ],
  ['a telling partial interrupts at once', [busy, speaks, goesOn(50, 'stop')], ['pause', 'interrupt caller']],
  [
    'a back-channel lets the bot go on',
    [busy, speaks, goesOn(200), stops, says('Yeah.')],
    ['pause', 'finish', 'rejected Yeah.', 'resume'],
  ],
  [
    'noise without words lets the bot go on',
    [busy, speaks, stops, says('')],
    ['pause', 'finish', 'rejected ', 'resume'],
  ],
  [
    'short telling words interrupt when they are known, and end the turn without another decoding',
    [busy, speaks, stops, says('stop'), silence(599), silence(600)],
    ['pause', 'finish', 'interrupt caller', 'turn: stop'],
  ],
  ['the bot ends while it is judged: its playout is let go', [busy, speaks, done], ['pause', 'resume']],
  [
    'a back-channel and then a real interruption: the bot stays paused until that is judged',
    [busy, speaks, stops, speaks, says('Yeah.'), stops, says('stop please'), silence(600)],
    ['pause', 'finish', 'finish', 'interrupt caller', 'turn: stop please'],
  ],
  [
    'the same, when the second part ends before the words of the first are known',
    [busy, speaks, stops, speaks, stops, says('Yeah.'), says('stop please'), silence(600)],
    ['pause', 'finish', 'finish', 'interrupt caller', 'turn: stop please'],
  ],
  [
    'what is said while a slow recogniser works on the first part is not lost',
    [speaks, stops, silence(600), speaks, stops, silence(600), says('please block'), silence(620), says('my card')],
    ['decode ahead', 'finish', 'decode ahead', 'finish', 'turn: please block my card'],
  ],
  [
    'the bot begins while the caller speaks: it waits',
    [speaks, busy, goesOn(200), stops, says('hello there')],
    ['pause', 'finish', 'interrupt caller'],
  ],
  ['a client interrupts', [busy, cutOff], ['interrupt client']],
  ['a silent bot cannot be interrupted', [cutOff], []],
  [
    'the judge is asked once for one stretch of speech',
    [busy, speaks, stops, silence(600), silence(700), says('Yeah.')],
    ['pause', 'finish', 'rejected Yeah.', 'resume'],
  ],
];

const maybe: Step = (m) => m.speechMaybe();
const nothing: Step = (m) => m.speechWasNothing();
const keys =
  (text: string): Step =>
  (m) =>
    m.typed(text);

rows.push(
  [
    'a first sound pauses the bot, and nothing more lets it go on',
    [busy, maybe, nothing],
    ['pause', 'rejected ', 'resume'],
  ],
  ['a first sound that becomes speech pauses once', [busy, maybe, speaks, goesOn(200)], ['pause']],
  ['a first sound while the bot is silent is nothing', [maybe, nothing], []],
  [
    'what comes between the words and their judgement is not taken for nothing',
    [busy, speaks, stops, nothing],
    ['pause', 'finish'],
  ],
  [
    'one word is not enough while he speaks, two are',
    [busy, speaks, goesOn(99, 'my'), goesOn(99, 'my card')],
    ['pause', 'interrupt caller'],
  ],
  ['keys are a turn of their own', [keys('1234')], ['turn: 1234']],
  [
    'keys while he speaks are part of his turn',
    [speaks, keys('1234'), stops, silence(600), says('that is it')],
    ['decode ahead', 'finish', 'turn: 1234 that is it'],
  ],
);

for (const [name, steps, expected] of rows) {
  test(name, () => {
    const { effects, m } = machine();
    for (const step of steps) step(m);
    assert.deepEqual(effects.log, expected);
  });
}

test('with barge-in off, speech over the bot is forgotten', () => {
  const { effects, m } = machine(false);
  for (const step of [busy, speaks, goesOn(900), stops, silence(600)]) step(m);
  assert.deepEqual(effects.log, ['caller muted', 'reset']);
  for (const step of [done, speaks, stops, silence(600), says('hello')]) step(m);
  assert.deepEqual(effects.log.slice(2), ['caller heard', 'decode ahead', 'finish', 'turn: hello']);
});

test('a greeting that must be heard to its end is not paused; who still speaks then is listened to', () => {
  const { effects, m } = machine();
  effects.bot = { ...effects.bot, interruptible: false };
  for (const step of [busy, maybe, speaks, goesOn(900, 'stop it'), stops]) step(m);
  assert.deepEqual(effects.log, ['caller muted', 'reset']);
  for (const step of [speaks, done, goesOn(300), stops, silence(600), says('hello')]) step(m);
  assert.deepEqual(effects.log, ['caller muted', 'reset', 'caller heard', 'decode ahead', 'finish', 'turn: hello']);
});

test('a likely echo does not pause the bot, and is judged by its words', () => {
  const { effects, m } = machine();
  effects.bot = { text: 'We are open from ten to two.', echo: 'likely', interruptible: true };
  for (const step of [busy, maybe, speaks, goesOn(900), goesOn(950, 'open from ten'), stops, says('open from ten')])
    step(m);
  assert.deepEqual(effects.log, ['finish', 'rejected open from ten', 'resume']);
  for (const step of [speaks, goesOn(500, 'no thank you')]) step(m);
  assert.equal(effects.log.at(-1), 'interrupt caller');
});

const bounds = { silenceMs: 600, leastMs: 300, mostMs: 1600 };
const words = { language: 'en', unfinished: ['and', 'my'], complete: ['please'] };

test('an adaptive turn waits on when the final words are unfinished, and takes what follows into the same turn', () => {
  const { effects, m } = machine(true, new AdaptiveEndOfTurn(bounds, words));
  for (const step of [speaks, stops, silence(600), says('please block my'), silence(1300)]) step(m);
  assert.deepEqual(effects.log, ['decode ahead', 'finish']);
  for (const step of [speaks, stops, silence(359, 'card please'), silence(360, 'card please'), says('card please')])
    step(m);
  assert.deepEqual(effects.log.slice(2), ['decode ahead', 'finish', 'turn: please block my card please']);
});

test('words that ask for long are looked at once they are final, and may end the turn at once', () => {
  const { effects, m } = machine(true, new AdaptiveEndOfTurn(bounds, words));
  for (const step of [speaks, stops, silence(599, 'block my'), silence(600, 'block my')]) step(m);
  assert.deepEqual(effects.log, ['decode ahead', 'finish']);
  m.transcript('block my card please');
  assert.deepEqual(effects.log.slice(2), ['turn: block my card please']);
});

test('an unfinished turn ends all the same, at its longest silence', () => {
  const { effects, m } = machine(true, new AdaptiveEndOfTurn(bounds, words));
  for (const step of [speaks, stops, silence(600), says('and'), silence(1319), silence(1320)]) step(m);
  assert.deepEqual(effects.log, ['decode ahead', 'finish', 'turn: and']);
});

test('the model’s word shortens or lengthens the pause that it heard, and no other', () => {
  const { effects, m } = machine(true, new SmartEndOfTurn(bounds, words, 0.5));
  const judged: string[] = [];
  effects.turnJudged = (judgement?: { reason: string }) => void judged.push(judgement?.reason ?? '');
  for (const step of [speaks, stops, silence(224)]) step(m);
  m.completion(0.1);
  for (const step of [silence(800), speaks]) step(m);
  m.completion(0.9);
  for (const step of [stops, silence(299)]) step(m);
  m.completion(0.9);
  assert.deepEqual(effects.log, ['decode ahead', 'decode ahead']);
  m.silence(300, '');
  m.transcript('yes');
  assert.deepEqual(effects.log.slice(2), ['finish', 'turn: yes']);
  assert.deepEqual(judged, ['silence', 'model-unfinished', 'pauses', 'model-complete']);
});

/** Numerical Recipes' linear congruential generator: the walks repeat. */
const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

test('seeded walks: the playout is never left paused, and no word is lost or said twice', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed);
    const { effects, m } = machine();
    let awaited = 0;
    let paused = false;
    let said = 0;
    const turns: string[] = [];
    effects.pausePlayout = () => {
      assert.equal(paused, false);
      paused = true;
    };
    effects.resumePlayout = () => {
      paused = false;
    };
    effects.interruptBot = () => {
      paused = false;
    };
    effects.finishUtterance = () => {
      awaited++;
      assert.equal(awaited, 1, 'one decoding at a time');
    };
    effects.endTurn = (text) => void turns.push(...text.split(' '));
    let speaking = false;
    for (let step = 0; step < 200; step++) {
      const dice = next();
      if (dice < 0.2) m.botStarts();
      else if (dice < 0.3 && !speaking) m.botIsDone();
      else if (dice < 0.5 && !speaking) {
        speaking = true;
        m.speechStarted();
      } else if (dice < 0.6 && speaking) m.speechContinues('', 100 + 600 * next());
      else if (dice < 0.75 && speaking) {
        speaking = false;
        m.speechStopped();
      } else if (dice < 0.9 && !speaking) m.silence(400 + 400 * next(), '');
      else if (awaited > 0) {
        awaited--;
        m.transcript(`word${said++}`);
      }
    }
    if (speaking) m.speechStopped();
    for (let end = 0; end < 4; end++) {
      if (awaited > 0) {
        awaited--;
        m.transcript(`word${said++}`);
      }
      m.silence(1000, '');
    }
    assert.equal(paused, false, `seed ${seed}`);
    assert.deepEqual(
      turns,
      Array.from({ length: said }, (_, n) => `word${n}`),
      `seed ${seed}`,
    );
  }
});

test('what the caller has probably said is told once in each pause, and taken back when he goes on', () => {
  const { effects, m } = machine();
  const steps = [speaks, stops, silence(200, 'my card'), silence(232, 'my card'), silence(264, 'my card is'), speaks];
  for (const step of [...steps, stops, silence(200, 'my card is gone'), silence(600, 'my card is gone')]) step(m);
  assert.deepEqual(effects.supposed, ['my card', 'my card is', '', 'my card is gone']);
});
