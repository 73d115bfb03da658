import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, openDesk } from './desk.js';

const about = { library: 'opensips-ai-voice-connector' };
const capabilities = {
  audio_in: false,
  audio_out: false,
  video_in: false,
  screen_in: false,
  video_out: false,
  metrics: true,
};
const answers: [what: string, hello: unknown, data: Record<string, unknown>][] = [
  ['0.x without a version', {}, { version: '0.3.0', config: [] }],
  ['0.x without data', undefined, { version: '0.3.0', config: [] }],
  ['1.x', { version: '1.1.0', about: { library: 'x' } }, { version: '1.1.0', about }],
  ['2.0', { version: '2.0.0' }, { version: '2.2.0', about, capabilities }],
  [
    '2.2 with nulls in about',
    { version: '2.2.0', about: { library: null } },
    { version: '2.2.0', about, capabilities },
  ],
  ['2.2 with an about that is none', { version: '2.2.0', about: 17 }, { version: '2.2.0', about, capabilities }],
];
for (const form of ['text', 'protobuf'] as const)
  for (const [what, hello, data] of answers)
    test(`${form}: bot-ready for ${what}`, async (context) => {
      const desk = await openDesk(context);
      const client = await desk.open('', form);
      client.send('client-ready', hello, 'A');
      const ready = await client.next(() => true);
      assert.deepEqual(ready, { label: 'rtvi-ai', type: 'bot-ready', id: 'A', data });
      assert.deepEqual(client.binary, [form === 'protobuf']);
    });

for (const [token, told] of [
  ['watch', false],
  ['steer', true],
  ['admin', true],
] as const)
  test(`where supervisors may speak, ${token} is told ${told} for audio_in`, async (context) => {
    const tokens = { token: 'admin', steer_token: 'steer', watch_token: 'watch' };
    const desk = await openDesk(context, { config: { ...tokens, supervisor_audio: true } });
    const client = await desk.open(`?token=${token}`);
    client.send('client-ready', { version: '2.1.0' }, 'A');
    const { data } = await client.next(({ type }) => type === 'bot-ready');
    assert.deepEqual(data?.capabilities, { ...capabilities, audio_in: told });
  });

test('0.x is told the configuration of the call in focus', async (context) => {
  const desk = await openDesk(context);
  desk.calls.start('call-1');
  const client = await desk.open();
  client.send('client-ready', {}, 'A');
  const { data } = await client.next(({ type }) => type === 'bot-ready');
  const config = data?.config as { service: string; options: { name: string; value: unknown }[] }[];
  assert.deepEqual(config[1], {
    service: 'llama_llm',
    options: [
      { name: 'temperature', value: 0.7 },
      { name: 'max_tokens', value: 120 },
    ],
  });
});

for (const [version, error] of [
  ['9.0.0', 'RTVI version 9.0.0 is not compatible with server protocol 2.2.0. Compatibility issues may occur.'],
  ['banana', 'Invalid client version format (banana). Compatibility issues may occur.'],
])
  test(`version ${version} is warned of, and served`, async (context) => {
    const desk = await openDesk(context);
    const client = await desk.open();
    client.send('client-ready', { version }, 'A');
    const [first, second] = [await client.next(() => true), await client.next(() => true)];
    assert.deepEqual([first.type, first.id, first.data], ['error-response', 'A', { error }]);
    assert.deepEqual([second.type, second.id, second.data?.version], ['bot-ready', 'A', '2.2.0']);
  });

test('a second client-ready is answered by its own id, and tells nothing twice', async (context) => {
  const desk = await openDesk(context);
  desk.calls.start('call-1');
  const client = await desk.ready('2.2.0');
  client.send('client-ready', { version: '1.0.0' }, 'B');
  const { data } = await client.next(({ type, id }) => type === 'bot-ready' && id === 'B');
  assert.equal(data?.version, '1.0.0');
  await client.drain();
  const states = client.messages.filter((message) => message.data?.type === 'opensips-call-state');
  assert.equal(states.length, 1);
});

test('silent until client-ready; what was asked before is answered after', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const early = await desk.open();
  early.send('client-message', { t: 'eval-connect' }, 'eval-connect');
  early.send('client-message', { t: 'get-config' }, 'early');
  call.happen({ type: 'user-started-speaking' });
  early.send('client-ready', { version: '2.2.0' }, 'A');
  const early1 = await early.next(({ id }) => id === 'eval-connect');
  assert.equal(early1.type, 'error-response');
  assert.equal((await early.next(({ id }) => id === 'early')).type, 'server-response');
  assert.equal(early.messages[0]?.type, 'bot-ready');
});

test('many messages without client-ready end the connection', async (context) => {
  const desk = await openDesk(context);
  const client = await desk.open();
  for (let sent = 0; sent < 40; sent++) client.send('get-config', {});
  assert.deepEqual(await client.closed, { code: 1008, reason: 'client-ready expected' });
});

test('who never says client-ready is let go', async (context) => {
  const desk = await openDesk(context, { handshakeMs: 20 });
  const client = await desk.open();
  assert.deepEqual(await client.closed, { code: 1008, reason: 'client-ready expected' });
});

test('the first message decides the form; one of the other form is read all the same', async (context) => {
  const desk = await openDesk(context);
  const client: Client = await desk.ready('2.2.0', '', 'protobuf');
  client.socket.send(JSON.stringify({ label: 'rtvi-ai', type: 'get-config', id: 'text', data: {} }));
  await client.next(({ id }) => id === 'text');
  assert.ok(client.binary.every((binary) => binary));
});
