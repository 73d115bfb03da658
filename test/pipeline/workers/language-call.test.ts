import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { ChatMessage, GenerateOptions, Generation, LlmSequence, ToolCall } from '../../../src/engines/engine.js';
import { allocateRings } from '../../../src/media/sample-ring.js';
import type { EventBody } from '../../../src/pipeline/events.js';
import type { Tool } from '../../../src/pipeline/tools/tool.js';
import { LanguageCall, type LanguageCallHost } from '../../../src/pipeline/workers/language-call.js';
import type { LanguageToSpeech, LanguageToVoice } from '../../../src/pipeline/workers/protocol.js';
import { settings } from '../../support/call-settings.js';

/** A model that says what the test tells it, and remembers what it was asked. */
class ToldSequence implements LlmSequence {
  asked: ChatMessage[][] = [];
  answers: string[] = [];
  closed = false;
  prepare = async () => undefined;
  async generate(
    messages: readonly ChatMessage[],
    { onText, signal, callable = [] }: GenerateOptions,
  ): Promise<Generation> {
    this.asked.push(messages.map((message) => ({ ...message })));
    const text = this.answers.shift();
    const [, name] = /^call (\w+)$/.exec(text ?? '') ?? [];
    if (name !== undefined && callable.includes(name)) {
      const call = { id: `id-${name}`, name, arguments: {} };
      return { text: '', stop: 'tool', call, promptTokens: 1, completionTokens: 1 };
    }
    if (text === undefined) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    if (text === 'fails') throw new Error('no model');
    if (text) onText(text);
    return { text: text ?? '', stop: signal.aborted ? 'abort' : 'end', promptTokens: 1, completionTokens: 1 };
  }
  close = async () => {
    this.closed = true;
  };
}

function stage(open?: (sequence: ToldSequence) => Promise<LlmSequence>, tools: readonly Tool[] = []) {
  const acts: ToolCall[] = [];
  const sequence = new ToldSequence();
  const voice: LanguageToVoice[] = [];
  const speech: LanguageToSpeech[] = [];
  const events: EventBody[] = [];
  const host: LanguageCallHost = {
    llmTimeoutMs: 50,
    historyCharacters: 10_000,
    apology: () => 'Sorry.',
    toolsOf: () => tools,
    toolCalls: 1,
    speculate: true,
    act: (_, act) => void acts.push(act),
    emit: (_, body) => void events.push(body),
    toVoice: (message) => void voice.push(message),
    toSpeech: (message) => void speech.push(message),
  };
  const attachment = {
    callId: 'c',
    ...allocateRings(),
    lineRateHz: 8000,
    settings,
    agent: 'default',
    messages: [{ role: 'system' as const, content: 'prompt' }],
    expectDigits: 0,
    nextTurn: 0,
    levels: false,
    held: false,
  };
  const call = new LanguageCall(host, attachment, () => (open ? open(sequence) : Promise.resolve(sequence)));
  const turn = (n: number, text: string, audio = true) =>
    call.turn({ type: 'turn', callId: 'c', turn: n, epoch: 0, text, audio });
  const ended = async (n: number) => {
    while (!voice.some((message) => message.type === 'end' && message.turn === n)) await turnOfTheLoop();
  };
  return { sequence, voice, speech, events, acts, call, turn, ended, lastAsked: () => sequence.asked.at(-1)?.slice(1) };
}

const user = (content: string): ChatMessage => ({ role: 'user', content });
const bot = (content: string): ChatMessage => ({ role: 'assistant', content });

test('the history holds what was heard, not what was generated', async () => {
  const { sequence, call, turn, ended, lastAsked } = stage();
  sequence.answers = ['One two three four.', 'Yes.', 'Well.'];
  turn(0, 'count');
  await ended(0);
  call.cancel(0, 'One two');
  turn(1, 'go on');
  await ended(1);
  assert.deepEqual(lastAsked(), [user('count'), bot('One two…'), user('go on')]);
  call.heard(1, 'Sorry.');
  turn(2, 'what?');
  await ended(2);
  assert.deepEqual(
    lastAsked()?.slice(-2),
    [bot('Sorry.'), user('what?')],
    'the apology was heard in place of the answer',
  );
});

test('what is appended while an answer is spoken stands behind it, whether that ends or is cut off', async () => {
  const { sequence, call, turn, ended, lastAsked } = stage();
  sequence.answers = ['One.', 'Two three.', 'Three.'];
  turn(0, 'first');
  await ended(0);
  call.append({ role: 'user', content: 'a remark' });
  call.heard(0, 'One.');
  turn(1, 'second');
  await ended(1);
  assert.deepEqual(lastAsked(), [user('first'), bot('One.'), user('a remark\nsecond')]);
  call.append({ role: 'user', content: 'another' });
  call.cancel(1, 'Two');
  turn(2, '');
  await ended(2);
  assert.deepEqual(lastAsked()?.slice(-2), [bot('Two…'), user('another')]);
});

test('another conversation so far is what the model is asked from now on', async () => {
  const { sequence, call, turn, ended, lastAsked } = stage();
  sequence.answers = ['One.', 'Two.'];
  turn(0, 'first');
  await ended(0);
  call.heard(0, 'One.');
  call.replace([user('My name is Ada.'), bot('Hello Ada.')]);
  turn(1, 'who am I?');
  await ended(1);
  assert.deepEqual(lastAsked(), [user('My name is Ada.'), bot('Hello Ada.'), user('who am I?')]);
  assert.equal(sequence.asked.at(-1)?.[0]?.content, 'prompt');
});

test('a model that fails, or says nothing, apologises; the call goes on', async () => {
  const { sequence, voice, events, turn, ended } = stage();
  sequence.answers = ['fails', '', 'Yes.'];
  for (const n of [0, 1, 2]) {
    turn(n, `question ${n}`);
    await ended(n);
  }
  const said = voice.flatMap((message) =>
    message.type === 'sentence' ? [message.text] : message.type === 'apologise' ? ['apology'] : [],
  );
  assert.deepEqual(said, ['apology', 'apology', 'Yes.']);
  assert.equal(events.filter(({ type }) => type === 'error').length, 1);
});

test('a model that is late apologises', async () => {
  const { voice, events, turn, ended } = stage();
  turn(0, 'question');
  await ended(0);
  assert.equal(voice[0]?.type, 'apologise');
  assert.ok(events.some((event) => event.type === 'error' && event.code === 'ENGINE_TIMEOUT'));
});

test('a turn that was cancelled says nothing more, and is no error', async () => {
  const { sequence, voice, events, call, turn, ended } = stage();
  turn(0, 'question');
  while (sequence.asked.length === 0) await turnOfTheLoop();
  call.cancel(0, '');
  sequence.answers = ['Yes.'];
  turn(1, 'another');
  await ended(1);
  assert.deepEqual(
    voice.map(({ turn: n }) => n),
    [1, 1],
  );
  assert.ok(!events.some(({ type }) => type === 'error'));
});

test('a text that is to be said waits for the answer before it', async () => {
  const { sequence, voice, call, turn, ended } = stage();
  sequence.answers = ['The answer.'];
  turn(0, 'question');
  call.say({ type: 'say', callId: 'c', turn: 1, epoch: 0, text: 'Then this.', remember: true });
  await ended(1);
  assert.deepEqual(
    voice.map((message) => message.turn),
    [0, 0, 1, 1],
  );
});

test('an answer in text only reaches no voice', async () => {
  const { sequence, voice, speech, turn } = stage();
  sequence.answers = ['Only text.'];
  turn(0, 'question', false);
  while (speech.length === 0) await turnOfTheLoop();
  assert.deepEqual(speech, [{ type: 'silent', callId: 'c', turn: 0 }]);
  assert.deepEqual(voice, []);
});

test('a call that got no sequence asks again at its next turn', async () => {
  let free = false;
  const { sequence, voice, turn, ended } = stage((made) =>
    free ? Promise.resolve(made) : Promise.reject(new Error('none is free')),
  );
  turn(0, 'question');
  await ended(0);
  assert.equal(voice[0]?.type, 'apologise');
  free = true;
  sequence.answers = ['Yes.'];
  turn(1, 'question');
  await ended(1);
  assert.ok(voice.some((message) => message.type === 'sentence' && message.text === 'Yes.'));
});

test('closing gives the sequence back while an answer is being written', async () => {
  const { sequence, call, turn } = stage();
  turn(0, 'question');
  while (sequence.asked.length === 0) await turnOfTheLoop();
  await call.close();
  assert.ok(sequence.closed);
});

const tool = (name: string, deed: Tool['deed'], filler = ''): Tool => ({
  name,
  description: '',
  parameters: { type: 'object', properties: {} },
  deed,
  timeoutMs: 60_000,
  filler: { '*': filler },
  fillerAfterMs: 0,
  maxCharacters: 100,
});
const said = (voice: readonly LanguageToVoice[]) =>
  voice.flatMap((message) => (message.type === 'sentence' ? [message.text] : []));

test('a tool is called, its filler covers the wait, and the model answers with the result', async () => {
  const { sequence, voice, events, call, turn, ended, lastAsked } = stage(undefined, [
    tool('ask', { by: 'client' }, 'One moment.'),
  ]);
  sequence.answers = ['call ask', 'It is seven.'];
  turn(0, 'how warm?');
  while (said(voice).length === 0) await turnOfTheLoop();
  call.functionResult('id-ask', 7);
  await ended(0);
  assert.deepEqual(said(voice), ['One moment.', 'It is seven.']);
  assert.deepEqual(lastAsked()?.slice(1), [
    { role: 'tool', content: '7', call: { id: 'id-ask', name: 'ask', arguments: {} } },
  ]);
  const types = events.map(({ type }) => type);
  assert.ok(types.indexOf('function-call-started') < types.indexOf('function-call-ended'));
  assert.equal(types.filter((type) => type === 'llm-started').length, 1);
});

test('the bot hangs up when its goodbye was heard, and not when the caller spoke into it', async () => {
  const { sequence, voice, acts, events, call, turn, ended } = stage(undefined, [
    tool('hang_up', { by: 'call', when: 'heard' }, 'Goodbye.'),
  ]);
  sequence.answers = ['call hang_up', 'call hang_up'];
  turn(0, 'bye');
  await ended(0);
  assert.deepEqual([said(voice), acts], [['Goodbye.'], []]);
  call.cancel(0, 'Good');
  assert.ok(events.some((event) => event.type === 'function-call-ended' && event.cancelled));
  turn(1, 'bye again');
  await ended(1);
  call.heard(1, 'Goodbye.');
  await turnOfTheLoop();
  assert.deepEqual(
    acts.map(({ name }) => name),
    ['hang_up'],
  );
});

test('an act that fails after the bot had spoken is told: the bot speaks again', async () => {
  const { sequence, speech, call, turn, ended, lastAsked } = stage(undefined, [
    tool('transfer', { by: 'call', when: 'heard' }, 'One moment.'),
  ]);
  sequence.answers = ['call transfer', 'They are busy.'];
  turn(0, 'sales please');
  await ended(0);
  call.heard(0, 'One moment.');
  call.functionResult('id-transfer', { error: 'busy' });
  while (speech.length === 0) await turnOfTheLoop();
  assert.deepEqual(speech, [{ type: 'go-on', callId: 'c' }]);
  turn(1, '');
  await ended(1);
  assert.match(lastAsked()?.at(-1)?.content ?? '', /busy/);
});

test('a model that waits says nothing', async () => {
  const { sequence, voice, speech, turn } = stage(undefined, [tool('wait', { by: 'nobody' })]);
  sequence.answers = ['call wait'];
  turn(0, 'hold on');
  while (speech.length === 0) await turnOfTheLoop();
  assert.deepEqual(speech, [{ type: 'silent', callId: 'c', turn: 0 }]);
  assert.deepEqual(voice, []);
});

const speculations = (events: readonly EventBody[]) =>
  events.flatMap((event) => (event.type === 'speculation' ? [event.useful] : []));

test('an answer that was begun at the pause is there when the turn is over', async () => {
  const { sequence, voice, events, call, turn, ended } = stage();
  sequence.answers = ['It is seven.'];
  call.suppose('how late is it');
  while (sequence.answers.length > 0) await turnOfTheLoop();
  assert.deepEqual([voice, events], [[], []], 'nobody hears of it before the turn is over');
  turn(0, 'how late is it');
  await ended(0);
  assert.deepEqual(said(voice), ['It is seven.']);
  assert.equal(sequence.asked.length, 1, 'the model was asked once');
  assert.deepEqual(speculations(events), [true]);
});

test('an answer to what the caller did not mean is dropped', async () => {
  const { sequence, voice, events, call, turn, ended } = stage();
  sequence.answers = ['Too early.', 'Also wrong.', 'Your card is blocked.'];
  call.suppose('my card');
  call.suppose('');
  call.suppose('my card is');
  turn(0, 'my card is gone');
  await ended(0);
  assert.deepEqual(said(voice), ['Your card is blocked.']);
  assert.deepEqual(speculations(events), [false, false]);
});

test('an answer that was begun before the settings changed is begun anew', async () => {
  const { sequence, voice, events, call, turn, ended } = stage();
  sequence.answers = ['Old.', 'New.'];
  call.suppose('well');
  while (sequence.answers.length > 1) await turnOfTheLoop();
  call.update({ temperature: 1 });
  turn(0, 'well');
  await ended(0);
  assert.deepEqual(said(voice), ['New.']);
  assert.deepEqual(speculations(events), [false]);
});
