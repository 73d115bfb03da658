/** Many clients, and rubbish: over real sockets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, openDesk } from '../rtvi/desk.js';

/** Seeded, so that a failure can be had again (Numerical Recipes' generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const values = [
  null,
  true,
  -1,
  1e300,
  '',
  'x'.repeat(300),
  [],
  [[]],
  {},
  { t: 1 },
  { config: [{}] },
  { buttons: [''] },
];
const types = ['update-config', 'action', 'client-message', 'send-text', 'dtmf', 'append-to-context', 'nonsense', ''];

function malformed(next: (below: number) => number): string {
  const whole = { label: 'rtvi-ai', type: types[next(types.length)], id: 'bad', data: values[next(values.length)] };
  const text = JSON.stringify(whole);
  const cut = next(text.length);
  const forms = [
    text,
    text.slice(0, cut),
    `${text.slice(0, cut)}\u0000${text.slice(cut)}`,
    JSON.stringify({ ...whole, id: cut }),
  ];
  return forms[next(forms.length)] ?? '';
}

test('ten thousand malformed messages: floods are cut off, a watcher of the same call misses nothing', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const watcher = await desk.ready('2.1.0');
  const next = numbers(7);
  for (let sent = 0; sent < 10_000; ) {
    const client = await desk.ready('2.1.0');
    for (const end = sent + 1000; sent < end; sent++) client.raw(malformed(next));
    await flooded(client);
    call.happen({ type: 'transcript-partial', text: `${sent}` });
  }
  call.happen({ type: 'user-started-speaking' });
  await watcher.next(({ type }) => type === 'user-started-speaking');
  assert.deepEqual(call.asked, [], 'nothing of it was obeyed');
  assert.equal((await watcher.ask('client-message', { t: 'get-config' })).type, 'server-response');
});

/** Every answer was a refusal, and the connection was closed for its flood. */
async function flooded(client: Client): Promise<void> {
  assert.equal((await client.closed).code, 1008);
  const answers = client.messages.filter(({ id }) => id === 'bad');
  assert.deepEqual([...new Set(answers.map(({ type }) => type))], ['error-response']);
}

test('two hundred watchers of one call are told the same', async (context) => {
  const desk = await openDesk(context, { config: { max_clients: 200 } });
  const call = desk.calls.start('call-1');
  const versions = [undefined, '1.0.0', '2.1.0', '2.2.0'];
  const watchers: Client[] = [];
  for (let number = 0; number < 200; number++)
    watchers.push(await desk.ready(versions[number % 4], '', number % 3 === 0 ? 'protobuf' : 'text'));
  for (let turn = 0; turn < 20; turn++)
    call.happen({ type: 'transcript-final', text: `turn ${turn}`, confidence: 1, language: 'en', turn });
  for (const watcher of watchers) {
    await watcher.next(({ type, data }) => type === 'user-transcription' && data?.text === 'turn 19');
    const texts = watcher.messages.flatMap(({ type, data }) => (type === 'user-transcription' ? [data?.text] : []));
    assert.deepEqual(
      texts,
      Array.from({ length: 20 }, (_, turn) => `turn ${turn}`),
    );
  }
});

test('twenty calls with five watchers each: everybody is told of his own call only', async (context) => {
  const desk = await openDesk(context, { config: { max_clients: 100 } });
  const calls = Array.from({ length: 20 }, (_, number) => desk.calls.start(`call-${number}`));
  const watchers = await Promise.all(
    calls.flatMap(({ callId }) => Array.from({ length: 5 }, () => desk.ready('2.1.0', `?call=${callId}`))),
  );
  for (const call of calls)
    call.happen({ type: 'transcript-final', text: call.callId, confidence: 1, language: 'en', turn: 1 });
  for (const [index, watcher] of watchers.entries()) {
    await watcher.next(({ type }) => type === 'user-transcription');
    await watcher.drain();
    const texts = watcher.messages.flatMap(({ type, data }) => (type === 'user-transcription' ? [data?.text] : []));
    assert.deepEqual(texts, [`call-${Math.floor(index / 5)}`]);
  }
});
