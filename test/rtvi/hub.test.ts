import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ns, quality, turnTimes } from '../observer/events.js';
import { type Client, type Message, openDesk } from './desk.js';
import type { RecordedCall } from './recorded-call.js';

const states = (client: Client): unknown[] =>
  client.messages.filter(({ data }) => data?.type === 'opensips-call-state').map(({ data }) => data?.call_id);
const types = (messages: Message[]): string[] =>
  messages.map(({ type, data }) => (type === 'server-message' ? String(data?.type) : type));

function converse(call: RecordedCall): void {
  call.happen({ type: 'user-started-speaking' });
  call.happen({ type: 'user-stopped-speaking', speechMs: 900 });
  call.happen({ type: 'transcript-final', text: 'what time', confidence: 0.9, language: 'en', turn: 1 });
  call.happen({ type: 'llm-started', turn: 1, audio: true });
  call.happen({ type: 'sentence', turn: 1, index: 0, text: 'It is noon.' });
  call.happen({ type: 'sentence', turn: 1, index: 1, text: 'Anything else?' });
  call.happen({ type: 'bot-started-speaking', turn: 1, firstPacketNs: 1n });
  call.happen({ type: 'sentence-heard', turn: 1, index: 0, text: 'It is noon.' });
}

test('a follower gets the only running call, and is caught up: the past, then what goes on', async (context) => {
  const desk = await openDesk(context);
  converse(desk.calls.start('call-1'));
  const client = await desk.ready('2.2.0');
  const state = await client.told('opensips-call-state');
  assert.deepEqual(
    [state.call_id, state.state, state.bot_speaking, state.user_speaking],
    ['call-1', 'running', true, false],
  );
  const rest = await client.drain();
  assert.deepEqual(types(rest), [
    'user-input',
    'user-transcription',
    'bot-transcription',
    'bot-llm-started',
    'bot-started-speaking',
    'bot-transcription',
    'bot-output',
  ]);
  assert.deepEqual(rest.at(-1)?.data?.text, 'Anything else?');
});

test('who joins in mid-call gets each line once, with no gap', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const say = (number: number) => {
    call.happen({ type: 'user-started-speaking' });
    call.happen({ type: 'transcript-final', text: `line ${number}`, confidence: 1, language: 'en', turn: number });
  };
  for (let number = 0; number < 50; number++) say(number);
  const client = await desk.open();
  client.send('client-ready', { version: '2.2.0' }, 'A');
  // Some fall before its client-ready is read, some after.
  for (let number = 50; number < 100; number++) {
    say(number);
    await new Promise(setImmediate);
  }
  await client.drain();
  const seen = client.messages.filter(({ type }) => type === 'user-transcription').map(({ data }) => data?.text);
  assert.deepEqual(
    seen,
    Array.from({ length: 100 }, (_, number) => `line ${number}`),
  );
});

test('a long conversation is retold from its last part', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  for (let turn = 0; turn < 500; turn++)
    call.happen({ type: 'transcript-final', text: `${turn}`, confidence: 1, language: 'en', turn });
  const client = await desk.ready('2.2.0');
  await client.drain();
  const seen = client.messages.filter(({ type }) => type === 'user-transcription').map(({ data }) => data?.text);
  assert.deepEqual([seen.length, seen.at(0), seen.at(-1)], [200, '300', '499']);
});

test('with two calls running a follower waits for the next, or chooses', async (context) => {
  const desk = await openDesk(context);
  const first = desk.calls.start('call-1');
  desk.calls.start('call-2');
  const client = await desk.ready('2.2.0');
  const listed = (await client.askNew('list-calls')) as { calls: { call_id: string }[]; focus?: string };
  assert.deepEqual([listed.calls.map(({ call_id }) => call_id), listed.focus], [['call-1', 'call-2'], undefined]);
  assert.deepEqual(await client.askNew('focus-call', { call_id: 'call-1' }), { call_id: 'call-1' });
  await client.told('opensips-call-state');
  first.happen({ type: 'user-started-speaking' });
  await client.next(({ type }) => type === 'user-started-speaking');
  desk.calls.start('call-3').happen({ type: 'llm-started', turn: 1, audio: true });
  const told = await client.told('opensips-call-started');
  assert.equal(told.call_id, 'call-3', 'it is told of every call');
  assert.deepEqual(await client.drain(), [], 'but its focus stays');
});

test('a follower without a call takes the next that starts, and the one that is left when that ends', async (context) => {
  const desk = await openDesk(context);
  const client = await desk.ready('1.2.0');
  const first = desk.calls.start('call-1');
  assert.equal((await client.told('opensips-call-started')).call_id, 'call-1');
  first.happen({ type: 'user-started-speaking' });
  await client.next(({ type }) => type === 'user-started-speaking');
  desk.calls.start('call-2');
  await first.hangup('bot-hangup');
  await client.next(({ type }) => type === 'user-stopped-speaking');
  const ended = await client.told('opensips-call-ended');
  assert.deepEqual(
    [ended.call_id, ended.reason, (ended.summary as { call_id: string }).call_id],
    ['call-1', 'bot-hangup', 'call-1'],
  );
  assert.equal((await client.told('opensips-call-state')).call_id, 'call-2');
});

test('a connection for one call hears of no other, and ends a while after it', async (context) => {
  const desk = await openDesk(context, { config: { linger_s: 0.01 } });
  const call = desk.calls.start('call-1');
  desk.calls.start('call-2').happen({ type: 'user-started-speaking' });
  const client = await desk.ready('2.2.0', '?call=call-1');
  desk.calls.start('call-3');
  await call.hangup('bot-hangup');
  await client.told('opensips-call-ended');
  assert.deepEqual(await client.closed, { code: 1000, reason: 'call ended' });
  assert.doesNotMatch(JSON.stringify(client.messages), /call-[23]/);
});

test('a call that ended leaves its last words and its summary for a while', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  converse(call);
  await call.hangup('caller-hangup');
  const client = await desk.ready('2.2.0', '?call=call-1');
  assert.equal((await client.told('opensips-call-state')).state, 'ended');
  const told = [...(await client.drain())];
  assert.deepEqual(types(told).slice(-1), ['opensips-call-ended']);
  assert.ok(told.some(({ type, data }) => type === 'bot-transcription' && data?.text === 'It is noon.'));
  const refused = await client.ask('disconnect-bot', {});
  assert.equal(refused.data?.error, 'call call-1 has ended');
});

test('after its call a connection for one call stays with it, and what trails behind is not told', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready('2.2.0', '?call=call-1');
  await call.hangup('bot-hangup');
  await client.told('opensips-call-ended');
  call.happen({ type: 'llm-text', turn: 1, text: 'late' });
  desk.calls.start('call-2').happen({ type: 'user-started-speaking' });
  assert.deepEqual(await client.drain(), []);
});

test('a call that has not begun to tell is waited for', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.add('call-1');
  const client = await desk.ready('2.2.0', '?call=call-1');
  call.start();
  assert.equal((await client.told('opensips-call-started')).call_id, 'call-1');
});

test('a call by the number of one that ended is a new one', async (context) => {
  const desk = await openDesk(context);
  const old = desk.calls.start('call-1');
  converse(old);
  await old.hangup('caller-hangup');
  desk.calls.start('call-1');
  const client = await desk.ready('2.2.0', '?call=call-1');
  assert.deepEqual([(await client.told('opensips-call-state')).lines, states(client)], [0, ['call-1']]);
});

test('the ledger and the media of a turn reach every watcher', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const clients = [await desk.ready(), await desk.ready('1.2.0'), await desk.ready('2.2.0', '', 'protobuf')];
  call.happen({ type: 'media-quality', quality: quality() });
  call.happen({ type: 'user-turn-ended', turn: 1, text: 'x', times: turnTimes(1000, [40, 640, 645, 700]) });
  call.happen({ type: 'bot-started-speaking', turn: 1, firstPacketNs: ns(2000) });
  call.happen({ type: 'bot-stopped-speaking', turn: 1, speechMs: 500 });
  for (const client of clients) {
    assert.equal((await client.told('opensips-media-quality')).mos, 4.1);
    assert.equal((await client.told('opensips-bot-response-start')).response_time, 1);
    const latency = await client.told('opensips-turn-latency');
    assert.deepEqual(
      [latency.turn, latency.sum_ms, (latency.parts_ms as { silence_wait: number }).silence_wait],
      [1, 1000, 600],
    );
  }
});

test('a call that failed for good throws out its own watchers only', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const pinned = await desk.ready('2.2.0', '?call=call-1');
  const follower = await desk.ready('2.2.0');
  call.happen({ type: 'error', code: 'ENGINE_FAILED', message: 'no voice', fatal: true });
  const fatal = await pinned.next(({ type }) => type === 'error');
  assert.equal(fatal.data?.fatal, true);
  assert.equal((await pinned.closed).code, 1011);
  const told = await follower.next(({ type }) => type === 'error');
  assert.deepEqual(told.data, { error: 'no voice', message: 'no voice', fatal: false });
  assert.equal((await follower.ask('get-config', {})).type, 'config');
});

test('twenty watchers of four generations all get all of it', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const versions = [undefined, '1.0.0', '2.0.0', '2.2.0'];
  const watchers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => desk.ready(versions[index % 4], '', index % 2 ? 'protobuf' : 'text')),
  );
  for (let index = 0; index < 200; index++) call.happen({ type: 'llm-text', turn: 1, text: `${index} ` });
  const expected = Array.from({ length: 200 }, (_, index) => `${index} `);
  for (const watcher of watchers) {
    await watcher.drain();
    const texts = watcher.messages.filter(({ type }) => type === 'bot-llm-text').map(({ data }) => data?.text);
    assert.deepEqual(texts, expected);
  }
});

test('a call tells audio levels while somebody has it in focus, and no longer', async (context) => {
  const desk = await openDesk(context);
  const [first, second] = [desk.calls.start('call-1'), desk.calls.start('call-2')];
  assert.deepEqual([first.levels, second.levels], [[], []]);
  const [one, other] = [await desk.ready('2.2.0', '?call=call-1'), await desk.ready('1.2.0', '?call=call-1')];
  assert.deepEqual(first.levels, [true]);
  first.happen({ type: 'audio-level', side: 'user', level: 0.5 });
  for (const client of [one, other])
    assert.equal((await client.next(({ type }) => type === 'user-audio-level')).data?.value, 0.5);
  await one.askNew('focus-call', { call_id: 'call-2' });
  await one.drain();
  assert.deepEqual([first.levels, second.levels], [[true], [true]]);
  other.socket.close();
  await other.closed;
  await one.drain();
  assert.deepEqual(first.levels, [true, false]);
});

test('a follower gets the levels of a call that starts', async (context) => {
  const desk = await openDesk(context);
  await desk.ready('2.2.0');
  assert.deepEqual(desk.calls.start('call-1').levels, [true]);
});

test('who may only watch is told the name of a function call, who may steer all of it', async (context) => {
  const desk = await openDesk(context, { config: { token: 'admin', watch_token: 'watch' } });
  const call = desk.calls.start('call-1');
  const [watcher, admin] = [await desk.ready('2.2.0', '?token=watch'), await desk.ready('2.2.0', '?token=admin')];
  const started = { turn: 1, toolCallId: 'call-7', name: 'balance', arguments: { account: 'main' }, client: true };
  call.happen({ type: 'function-call-started', ...started });
  const told = { function_name: 'balance', tool_call_id: 'call-7' };
  const progress = ({ type }: { type: string }) => type === 'llm-function-call-in-progress';
  assert.deepEqual((await watcher.next(progress)).data, told);
  assert.deepEqual((await admin.next(progress)).data, { ...told, arguments: { account: 'main' } });
});
