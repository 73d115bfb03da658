import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDesk } from './desk.js';

const update = (service: string, name: string, value: unknown) => ({ service, options: [{ name, value }] });

test('0.x: configuration is described, read and updated', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready();
  assert.equal((await client.ask('describe-config', {})).type, 'config-available');
  const before = await client.ask('get-config', {});
  assert.equal(before.type, 'config');
  const config = [update('piper_tts', 'speed', 1.2), update('opensips_call', 'mute_enabled', true)];
  const after = await client.ask('update-config', { config, interrupt: false });
  assert.equal(after.type, 'config');
  assert.notDeepEqual(after.data, before.data);
  assert.deepEqual(after.data, (await client.ask('get-config', {})).data);
  assert.deepEqual([call.info().settings.speed, call.info().settings.muted], [1.2, true]);
});

test('an update is applied whole or not at all', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready();
  const before = call.info().settings;
  const bad = [
    [update('piper_tts', 'speed', 1.2), update('llama_llm', 'temperature', 9)],
    [update('piper_tts', 'speed', 1.2), update('nobody', 'x', 1)],
    // Fits its schema, but the call has no such voice.
    [update('piper_tts', 'speed', 1.2), update('piper_tts', 'voice', 'xx_XX-none')],
  ];
  for (const config of bad) {
    const refused = await client.ask('update-config', { config });
    assert.equal(refused.type, 'error-response', JSON.stringify(config));
    assert.deepEqual(call.info().settings, before);
  }
  assert.deepEqual(call.asked, [], 'nor was the bot cut off');
});

test('interrupt cuts the bot off first', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready('2.2.0');
  call.happen({ type: 'bot-started-speaking', turn: 1, firstPacketNs: 1n });
  await client.askNew('update-config', { config: [update('piper_tts', 'speed', 1.5)], interrupt: true });
  const told = client.messages.map(({ type, data }) => (type === 'server-message' ? data?.type : type));
  assert.ok(told.indexOf('bot-interrupted') < told.indexOf('opensips-config-changed'));
  assert.ok(told.indexOf('opensips-config-changed') < told.indexOf('server-response'));
});

test('clients of three generations see one another’s changes, in one order', async (context) => {
  const desk = await openDesk(context);
  desk.calls.start('call-1');
  const clients = [await desk.ready(), await desk.ready('1.2.0', '', 'protobuf'), await desk.ready('2.2.0')];
  const [old, newer, newest] = clients;
  assert.ok(old && newer && newest);
  await old.ask('update-config', { config: [update('opensips_call', 'volume', 0.5)] });
  await newer.askNew('update-config', { config: [update('opensips_call', 'volume', 1.5)] });
  await newest.drain();
  for (const client of clients) {
    await client.drain();
    const seen = client.messages.filter(({ data }) => data?.type === 'opensips-config-changed');
    assert.deepEqual(
      seen.map(({ data }) => (data?.changes as [{ to: number }])?.[0].to),
      [0.5, 1.5],
    );
  }
  const { history } = (await newest.askNew('get-config-history')) as {
    history: { origin: string; changes: unknown[] }[];
  };
  assert.deepEqual(
    history.map(({ origin }) => origin),
    ['rtvi 0.3.0 unnamed #1', 'rtvi 1.2.0 test #2'],
  );
  assert.deepEqual(history[0]?.changes, [{ service: 'opensips_call', option: 'volume', from: 1, to: 0.5 }]);
});

test('actions are described with their arguments and results', async (context) => {
  const desk = await openDesk(context);
  const client = await desk.ready();
  const { type, data } = await client.ask('describe-actions', {});
  assert.equal(type, 'actions-available');
  const actions = data?.actions as { service: string; action: string; arguments: unknown[]; result: string }[];
  assert.deepEqual(
    actions.filter(({ service }) => service === 'opensips_call'),
    [
      {
        service: 'opensips_call',
        action: 'transfer',
        arguments: [{ name: 'destination', type: 'string' }],
        result: 'object',
      },
      { service: 'opensips_call', action: 'hangup', arguments: [], result: 'bool' },
      { service: 'opensips_call', action: 'mute', arguments: [{ name: 'enabled', type: 'bool' }], result: 'bool' },
      {
        service: 'opensips_call',
        action: 'expect_digits',
        arguments: [{ name: 'count', type: 'number' }],
        result: 'bool',
      },
      {
        service: 'opensips_call',
        action: 'send_dtmf',
        arguments: [{ name: 'digits', type: 'string' }],
        result: 'bool',
      },
    ],
  );
});

const action = (name: string, args?: Record<string, unknown>, service = 'opensips_call') => ({
  service,
  action: name,
  ...(args && { arguments: Object.entries(args).map(([key, value]) => ({ name: key, value })) }),
});

test('actions act, and answer with what happened', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready();
  const moved = await client.ask('action', action('transfer', { destination: 'sip:desk@example.test' }));
  assert.deepEqual(
    [moved.type, moved.data],
    [
      'action-response',
      { result: { success: true, destination: 'sip:desk@example.test', transferred_at: '2026-03-04T09:15:02.118Z' } },
    ],
  );
  assert.deepEqual((await client.ask('action', action('mute', { enabled: true }))).data, { result: true });
  assert.equal(call.info().settings.muted, true);
  assert.deepEqual((await client.ask('action', action('mute', { enabled: false }))).data, { result: false });
  assert.deepEqual((await client.ask('action', action('expect_digits', { count: 16 }))).data, { result: true });
  assert.deepEqual((await client.ask('action', action('say', { text: 'Hello.', interrupt: true }, 'piper_tts'))).data, {
    result: true,
  });
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'system', content: 'b' },
  ];
  await client.ask('action', action('append_to_messages', { messages, run_immediately: true }, 'llama_llm'));
  assert.deepEqual((await client.ask('action', action('hangup'))).data, { result: true });
  assert.deepEqual(call.asked, [
    'transfer sip:desk@example.test',
    'expect 16 digits',
    'say true Hello.',
    'append user false a',
    'append system true b',
    'hangup client-hangup',
  ]);
});

test('a refused transfer says by which status; one that fails is an error', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready('2.2.0');
  call.onTransfer = (destination) =>
    Promise.resolve({ success: false, destination, transferredAt: 0, status: 603, reason: 'Decline' });
  const refused = await client.askNew('action', action('transfer', { destination: 'sip:x@example.test' }));
  assert.deepEqual(refused, {
    result: { success: false, destination: 'sip:x@example.test', status: 603, reason: 'Decline' },
  });
  call.onTransfer = () => Promise.reject(new Error('the far side is gone'));
  const failed = await client.ask('client-message', { t: 'action', d: action('transfer', { destination: 'sip:x' }) });
  assert.deepEqual(
    [failed.type, failed.data],
    ['error-response', { error: 'Exception processing message: the far side is gone' }],
  );
});

test('an action that takes too long is answered as pending, and its outcome follows', async (context) => {
  const desk = await openDesk(context, { deadlineMs: 10 });
  const call = desk.calls.start('call-1');
  const client = await desk.ready();
  let finish: () => void = () => undefined;
  call.onTransfer = (destination) =>
    new Promise((resolve) => {
      finish = () => resolve({ success: true, destination, transferredAt: 0, status: 200, reason: 'OK' });
    });
  const pending = await client.ask('action', action('transfer', { destination: 'sip:slow@example.test' }));
  assert.deepEqual(pending.data, { result: { success: false, pending: true } });
  finish();
  const { result } = await client.told('opensips-action-result');
  assert.equal((result as { success: boolean }).success, true);
});

const refusals: [what: string, type: string, data: unknown, error: RegExp][] = [
  ['an unknown type', 'foo', {}, /^Unsupported type foo$/],
  ['a wrong shape', 'update-config', { config: 7 }, /^Invalid message: data\/config must be array$/],
  ['an unknown action', 'action', action('foo'), /^Action opensips_call:foo not registered$/],
  ['an unknown argument', 'action', action('hangup', { now: true }), /has no option now; it has none/],
  ['a missing argument', 'action', action('transfer'), /destination expected string, got nothing/],
  ['an argument of another type', 'action', action('mute', { enabled: 'yes' }), /enabled expected bool, got "yes"/],
  ['an unknown t', 'client-message', { t: 'ping', d: null }, /^Unsupported client-message ping$/],
  [
    'a wrong d',
    'client-message',
    { t: 'focus-call', d: {} },
    /^Invalid message: data must have required property 'call_id'$/,
  ],
  [
    'a call that is not there',
    'client-message',
    { t: 'focus-call', d: { call_id: 'none' } },
    /^no call none is running$/,
  ],
  [
    'a file',
    'send-file',
    { content: 'x', file: { format: 'image/png', source: { type: 'url', url: 'x' } } },
    /send-file is not possible here/,
  ],
  [
    'a result that nobody waits for',
    'llm-function-call-result',
    { function_name: 'f', tool_call_id: '1' },
    /function call 1 waits/,
  ],
  ['a content that is no text', 'append-to-context', { role: 'user', content: { image: 1 } }, /expected a string/],
  [
    'a content that is too long',
    'append-to-context',
    { role: 'user', content: 'x'.repeat(20_001) },
    /content: expected at most 20000 characters, got 20001/,
  ],
  ['a key that there is not', 'dtmf', { buttons: ['A'] }, /^Invalid message: /],
  ['no keys for the line', 'action', action('send_dtmf', { digits: 'x' }), /digits expected/],
  ['a context without a role', 'client-message', { t: 'eval-context', d: { messages: [{ content: 'x' }] } }, /role/],
  [
    'a context that is no text',
    'client-message',
    { t: 'eval-context', d: { messages: [{ role: 'user', content: 7 }] } },
    /content: expected a string or a list of text parts, got number/,
  ],
];
test('what is refused is refused by its id, with the reason, and the connection lives on', async (context) => {
  const desk = await openDesk(context);
  desk.calls.start('call-1');
  for (const client of [await desk.ready(), await desk.ready('1.0.0', '', 'protobuf'), await desk.ready('2.2.0')]) {
    for (const [what, type, data, error] of refusals) {
      const answer = await client.ask(type, data);
      assert.equal(answer.type, 'error-response', what);
      assert.match(String(answer.data?.error), error);
    }
    assert.equal((await client.ask('get-config', {})).type, 'config');
  }
});

test('what is not RTVI is dropped without a word; what lacks type or id is an error', async (context) => {
  const desk = await openDesk(context);
  const client = await desk.ready('2.2.0');
  for (const text of ['rubbish', '[]', '{"label":"other","type":"x","id":"1"}']) client.raw(text);
  assert.deepEqual(await client.drain(), []);
  client.raw('{"label":"rtvi-ai","type":"get-config"}');
  const error = await client.next(() => true);
  assert.deepEqual(
    [error.type, error.data?.error, error.data?.fatal],
    ['error', 'Invalid RTVI transport message: id must be string', false],
  );
});

test('without a call in focus, what acts on one is refused, and what only describes is not', async (context) => {
  const desk = await openDesk(context);
  const client = await desk.ready();
  assert.deepEqual((await client.ask('get-config', {})).data, { config: [] });
  for (const type of ['disconnect-bot', 'send-text'])
    assert.match(String((await client.ask(type, { content: 'x' })).data?.error), /no call is in focus/);
});

test('texts, keys and the end of the bot reach the call', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready('2.2.0');
  client.send('send-text', { content: 'a', options: {} });
  client.send('send-text', { content: 'b', options: { run_immediately: false } });
  client.send('send-text', { content: 'c', options: { audio_response: false } });
  client.send('append-to-context', {
    role: 'assistant',
    content: [{ type: 'text', text: 'd' }],
    run_immediately: true,
  });
  client.send('dtmf', { buttons: ['1', '*', '#'] });
  client.send('dtmf', { button: '9' });
  client.send('ui-event', { event: 'click' });
  client.send('disconnect-bot', {});
  await client.told('opensips-call-ended');
  assert.deepEqual(call.asked, [
    'text true a',
    'append user false b',
    'text false c',
    'append assistant true d',
    'keys 1*#',
    'keys 9',
    'hangup client-hangup',
  ]);
  assert.equal(
    client.messages.some(({ type }) => type === 'error-response'),
    false,
  );
  assert.equal((await client.ask('get-config', {})).type, 'config', 'the connection outlives the call');
});

test('keys for the line, and another conversation so far', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready('2.2.0');
  assert.deepEqual(await client.askNew('action', action('send_dtmf', { digits: '12#' })), { result: true });
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'My name is Ada.' }] },
  ];
  assert.deepEqual(await client.askNew('eval-context', { messages }), { messages: 2 });
  const told = [messages[0], { role: 'user', content: 'My name is Ada.' }];
  const set = { service: 'llama_llm', action: 'set_context', arguments: [{ name: 'messages', value: told }] };
  assert.deepEqual(await client.askNew('action', set), { result: true });
  const replaced = `context ${JSON.stringify(told)}`;
  assert.deepEqual(call.asked, ['digits 12#', replaced, replaced]);
});

test('a text is acknowledged to all, by its id to its sender alone, after the interruption it makes', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const [sender, other] = [await desk.ready('2.2.0'), await desk.ready('2.2.0')];
  call.happen({ type: 'bot-started-speaking', turn: 1, firstPacketNs: 1n });
  const id = sender.send('send-text', { content: 'stop please' });
  const interrupted = await sender.next(({ type }) => ['bot-interrupted', 'user-input'].includes(type));
  assert.equal(interrupted.type, 'bot-interrupted');
  const mine = await sender.next(({ type }) => type === 'user-input');
  assert.deepEqual([mine.data?.input_type, mine.data?.text, mine.data?.msg_id], ['chat', 'stop please', id]);
  const theirs = await other.next(({ type }) => type === 'user-input');
  assert.deepEqual([theirs.data?.text, theirs.data?.msg_id], ['stop please', undefined]);
});

test('the result of a function call reaches the call that waits for it; any other is refused', async (context) => {
  const desk = await openDesk(context);
  const call = desk.calls.start('call-1');
  const client = await desk.ready('1.2.0');
  const result = { function_name: 'balance', arguments: {}, result: { euros: 12 } };
  const refused = await client.ask('llm-function-call-result', { ...result, tool_call_id: 'unknown' });
  assert.match(String(refused.data?.error), /function call unknown waits/);
  client.send('llm-function-call-result', { ...result, tool_call_id: 'waiting' });
  client.send('llm-function-call-result', { tool_call_id: 'waiting', result: 'done' });
  await client.drain();
  assert.deepEqual(call.asked, ['result waiting {"euros":12}', 'result waiting "done"']);
});
