import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { seeded } from '../observer/events.js';
import { openDesk } from '../rtvi/desk.js';

test('a client that does not read is dropped by its own queue, and another misses nothing', async (context) => {
  const desk = await openDesk(context, { config: { queue_kb: 64 }, closeMs: 60_000 });
  const call = desk.calls.start('call-1');
  const [stalled, other] = [await desk.ready('2.2.0'), await desk.ready('2.2.0')];
  await Promise.all([stalled.drain(), other.drain()]);
  stalled.socket.pause();
  const text = 'x'.repeat(10_000);
  let sent = 0;
  // More than the kernel keeps for a loopback connection.
  for (; sent < 2000; sent++) {
    call.happen({ type: 'llm-text', turn: 1, text });
    await other.next(({ type }) => type === 'bot-llm-text');
  }
  stalled.socket.resume();
  assert.deepEqual(await stalled.closed, { code: 4008, reason: 'client too slow' });
  const got = stalled.messages.filter(({ type }) => type === 'bot-llm-text').length;
  assert.ok(got < sent, `${got} of ${sent}`);
  assert.equal((await other.ask('get-config', {})).type, 'config');
});

test('one that never reads again is cut off, and its place is free', async (context) => {
  const desk = await openDesk(context, { config: { queue_kb: 64 }, closeMs: 20 });
  const call = desk.calls.start('call-1');
  const [stalled, other] = [await desk.ready('2.2.0'), await desk.ready('2.2.0')];
  stalled.socket.pause();
  const text = 'x'.repeat(10_000);
  while (desk.server.clients > 1) {
    call.happen({ type: 'llm-text', turn: 1, text });
    await other.next(({ type }) => type === 'bot-llm-text');
  }
  assert.equal(desk.server.clients, 1);
});

test('a flood is refused, then cut off; others go on', async (context) => {
  const desk = await openDesk(context);
  const other = await desk.ready('2.2.0');
  const flooder = await desk.ready('2.2.0');
  for (let sent = 0; sent < 1200; sent++) flooder.send('get-config', {});
  const refused = await flooder.next(({ type }) => type === 'error-response');
  assert.equal(refused.data?.error, 'Too many messages: slow down');
  assert.deepEqual(await flooder.closed, { code: 1008, reason: 'too many messages' });
  assert.equal((await other.ask('get-config', {})).type, 'config');
});

test('a microphone may send all the time', async (context) => {
  const desk = await openDesk(context);
  const client = await desk.ready('2.2.0', '', 'protobuf');
  const audio = Buffer.from('12091a02010220803e2801', 'hex');
  for (let sent = 0; sent < 900; sent++) client.socket.send(audio);
  assert.deepEqual(await client.drain(), []);
});

test('rubbish in either form is answered or dropped, and the connection lives on', async (context) => {
  const desk = await openDesk(context);
  desk.calls.start('call-1');
  const random = seeded(9);
  const samples: unknown[] = [null, 0, -1, 1e300, '', 'x', [], {}, [[]], { a: null }, true, '\u0000', { __proto__: 1 }];
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const types = [
    'update-config',
    'action',
    'client-message',
    'send-text',
    'dtmf',
    'append-to-context',
    'focus-call',
    '',
  ];
  for (const form of ['text', 'protobuf'] as const) {
    for (let batch = 0; batch < 5; batch++) {
      const client = await desk.ready('2.2.0', '', form);
      for (let sent = 0; sent < 100; sent++) {
        const data =
          random() < 0.5
            ? pick(samples)
            : { config: pick(samples), t: pick(types), d: pick(samples), service: pick(samples) };
        client.raw(JSON.stringify({ label: 'rtvi-ai', type: pick(types), id: pick(['a', 7]), data }));
        client.socket.send(Buffer.from(Array.from({ length: 12 }, () => Math.floor(random() * 256))));
      }
      assert.equal((await client.ask('get-config', {})).type, 'config');
      client.socket.close();
      await client.closed;
    }
  }
});

test('more than the protocol’s longest message ends the connection; that much does not', async (context) => {
  const desk = await openDesk(context);
  const client = await desk.ready('2.2.0');
  const longest = await client.ask('client-message', { t: 'ping', d: 'x'.repeat(1 << 20) });
  assert.equal(longest.type, 'error-response');
  client.send('client-message', { t: 'ping', d: 'x'.repeat(2 << 20) });
  assert.equal((await client.closed).code, 1009);
});

test('places are limited, and told so', async (context) => {
  const desk = await openDesk(context, { config: { max_clients: 1 } });
  const first = await desk.ready('2.2.0');
  const second = await desk.open();
  assert.deepEqual(await second.closed, { code: 1013, reason: 'too many clients' });
  first.socket.close();
  await first.closed;
  await desk.ready('2.2.0');
});

test('a call that is not there is told by a close code', async (context) => {
  const desk = await openDesk(context);
  const client = await desk.open('?call=none');
  assert.deepEqual(await client.closed, { code: 4004, reason: 'no such call' });
});

test('a fault in serving one client ends that client, and no other', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('broken');
  const other = await desk.ready('2.2.0', '?call=broken');
  call.watchLevels = () => {
    throw new Error('broken');
  };
  other.socket.close();
  await other.closed;
  const victim = await desk.open('?call=broken');
  call.info = () => {
    throw new Error('broken');
  };
  victim.send('client-ready', {});
  assert.deepEqual(await victim.closed, { code: 1011, reason: 'internal error' });
  desk.calls.start('whole');
  await desk.ready('2.2.0', '?call=whole');
});

test('a peer that answers no ping is gone', async (context) => {
  const desk = await openDesk(context, { pingMs: 20 });
  const socket = new WebSocket(`ws://127.0.0.1:${desk.server.port}/rtvi`, { autoPong: false });
  context.after(() => socket.terminate());
  const alive = await desk.ready('2.2.0');
  const [code] = (await once(socket, 'close')) as [number];
  assert.equal(code, 1006);
  assert.equal((await alive.ask('get-config', {})).type, 'config', 'one that answers stays');
});

test('a stop says goodbye to all, and waits for no one', async (context) => {
  const desk = await openDesk(context, { closeMs: 20 });
  const [polite, stalled] = [await desk.ready('2.2.0'), await desk.ready('2.2.0')];
  stalled.socket.pause();
  await desk.server.close();
  assert.deepEqual(await polite.closed, { code: 1001, reason: 'server stops' });
  assert.equal(desk.server.clients, 0);
});

const tokens: [what: string, query: string, headers: Record<string, string>, code: number | 'served'][] = [
  ['a wrong one', '?token=wrong', {}, 4003],
  ['the right one in the query', '?token=secret', {}, 'served'],
  ['the right one in the header', '', { authorization: 'Bearer secret' }, 'served'],
  ['a wrong one in the header, the right one in the query', '?token=secret', { authorization: 'Bearer x' }, 4003],
];
for (const [what, query, headers, code] of tokens)
  test(`token: ${what} is ${code === 'served' ? 'served' : 'refused'}`, async (context) => {
    const desk = await openDesk(context, { config: { token: 'secret' } });
    const client = await desk.open(query, 'text', headers);
    if (code !== 'served') return assert.equal((await client.closed).code, code);
    client.send('client-ready', {});
    assert.equal((await client.next(() => true)).type, 'bot-ready');
  });

const firstMessages: [what: string, data: object, code: number | 'served'][] = [
  ['the right token', { version: '2.1.0', token: 'secret' }, 'served'],
  ['a wrong token', { version: '2.1.0', token: 'wrong' }, 4003],
  ['no token', { version: '2.1.0' }, 4003],
  ['a token that is no text', { token: 7 }, 4003],
];
for (const form of ['text', 'protobuf'] as const)
  for (const [what, data, code] of firstMessages)
    test(`${form}: ${what} in the first message is ${code === 'served' ? 'served' : 'refused'}`, async (context) => {
      const desk = await openDesk(context, { config: { token: 'secret' } });
      const client = await desk.open('', form);
      assert.equal(desk.server.clients, 0, 'nobody yet');
      client.send('client-ready', data, 'A');
      if (code !== 'served') return assert.equal((await client.closed).code, code);
      const ready = await client.next(() => true);
      assert.deepEqual([ready.type, ready.id], ['bot-ready', 'A']);
    });

test('whoever names no token and says nothing is shown out', async (context) => {
  const desk = await openDesk(context, { config: { token: 'secret' }, tokenMs: 20 });
  const client = await desk.open();
  assert.deepEqual(await client.closed, { code: 4003, reason: 'a valid token is needed' });
});

const protocols: [offered: string[], chosen: string | 4003][] = [
  [['oavc.token.s%3Dc%2Ft', 'rtvi'], 'rtvi'],
  [['oavc.token.s%3Dc%2Ft'], 'oavc.token.s%3Dc%2Ft'],
  [['rtvi', 'oavc.token.wrong'], 4003],
  [['oavc.token.%'], 4003],
];
for (const [offered, chosen] of protocols)
  test(`a browser that offers ${offered.join(' and ')} is answered ${chosen}`, async (context) => {
    const desk = await openDesk(context, { config: { token: 's=c/t' } });
    const socket = new WebSocket(`ws://127.0.0.1:${desk.server.port}/rtvi`, offered);
    context.after(() => socket.terminate());
    const closed = once(socket, 'close');
    await once(socket, 'open');
    if (chosen === 4003) return assert.equal((await closed)[0], 4003);
    assert.equal(socket.protocol, chosen);
    socket.send(JSON.stringify({ label: 'rtvi-ai', type: 'client-ready', id: '1', data: {} }));
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.match(data.toString(), /bot-ready/);
  });

test('after many wrong tokens the right one has to wait as well', async (context) => {
  const desk = await openDesk(context, { config: { token: 'secret' } });
  const ask = async (token: string) =>
    (await fetch(`${desk.http}/calls`, { headers: { authorization: `Bearer ${token}` } })).status;
  assert.equal(await ask('secret'), 200);
  for (let guess = 0; guess < 20; guess++) assert.equal(await ask(`guess-${guess}`), 401);
  assert.equal(await ask('secret'), 429);
  const client = await desk.open('?token=secret');
  assert.deepEqual(await client.closed, { code: 4003, reason: 'too many wrong tokens: wait a little' });
});

const headers: [what: string, headers: Record<string, string>, status: number][] = [
  ['the own origin', { origin: 'http://HOST' }, 101],
  ['a listed origin', { origin: 'https://desk.example.test' }, 101],
  ['another origin', { origin: 'https://evil.example.test' }, 403],
  ['no origin of its own', { origin: 'null' }, 403],
  ['a name pointed at loopback', { host: 'evil.example.test:8080' }, 403],
  ['such a name as its own origin', { host: 'evil.example.test', origin: 'http://evil.example.test' }, 403],
];
for (const [what, sent, status] of headers)
  test(`${what} is answered ${status}`, async (context) => {
    const desk = await openDesk(context, { config: { origins: 'https://desk.example.test https://x.example.test' } });
    const host = `127.0.0.1:${desk.server.port}`;
    const filled = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, value.replace('HOST', host)]));
    const opening = desk.open('', 'text', filled);
    if (status === 101) return void (await opening);
    await assert.rejects(opening, new RegExp(`Unexpected server response: ${status}`));
  });

const roles: [role: string, token: string, mutes: string, places: number][] = [
  ['watch', 'w', 'error-response', 403],
  ['steer', 's', 'server-response', 403],
  ['admin', 'a', 'server-response', 201],
];
for (const [role, token, mutes, places] of roles)
  test(`role ${role}: what its token allows`, async (context) => {
    const desk = await openDesk(context, { config: { token: 'a', steer_token: 's', watch_token: 'w' } });
    desk.calls.start('call-1');
    const client = await desk.ready('2.1.0', `?token=${token}`);
    const action = { service: 'opensips_call', action: 'mute', arguments: [{ name: 'enabled', value: true }] };
    assert.equal((await client.ask('client-message', { t: 'action', d: action })).type, mutes);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ destination: 'sip:x@example.test' });
    assert.equal((await fetch(`${desk.http}/calls`, { method: 'POST', headers, body })).status, places);
  });
