/** Captured sessions of a real OpenSIPS, datagram by datagram, against the real process: one call at a time may run. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { Client } from '../rtvi/desk.js';
import {
  answered,
  captured,
  capturedFor,
  capturedRequest,
  type MiRequest,
  OpenSipsStandIn,
} from '../support/opensips-stand-in.js';
import { ended, type Served, served } from '../support/served.js';
import { testFolder } from '../support/tiny-models/folder.js';

const key = 'B2B.101.486.1795356443.713059644';
const timeout = 60_000;
const folder = testFolder();
const raised = new Set<string>();
let opensips: OpenSipsStandIn;
let server: Served;

before(async () => {
  opensips = await OpenSipsStandIn.start();
  opensips.answer('ua_session_list', listed);
  const file = join(folder, 'oavc.ini');
  const options = [
    ['opensips', `ip = 127.0.0.1\nport = ${opensips.port}\njournal = ${join(folder, 'sessions')}`],
    ['sip', 'enabled = false'],
    ['rtp', 'realtime = false'],
    ['rtvi', 'enabled = true\nport = 0'],
    ['call', 'max = 1'],
  ];
  writeFileSync(file, options.map(([section, lines]) => `[${section}]\n${lines}\n`).join(''));
  server = await served(folder, ['--config', file]);
});
after(() => server.child.kill('SIGKILL'));

/** Whichever session is asked for is up. */
const listed = ({ id, params }: MiRequest): string => {
  const { key: asked } = params ?? {};
  return JSON.stringify({ jsonrpc: '2.0', result: asked ? { to_tag: asked, callid: 'c', state: 5 } : [], id });
};

/** As it was captured, or as one of another session. */
async function raise(name: string, to?: string): Promise<void> {
  raised.add(name);
  await opensips.raise(to === undefined ? name : capturedFor(name, to));
}

const keyOf = (name: string): string => JSON.parse(captured(`event-${name}`).toString('latin1')).params.key;

/** The next reply has this status; its description where one is expected. */
async function replies(code: number, body = /^/): Promise<MiRequest> {
  const reply = await opensips.next('ua_session_reply');
  assert.equal(reply.params.code, code, JSON.stringify(reply.params));
  assert.match(String(reply.params.body ?? ''), body);
  return reply;
}

const started = (callId: string) =>
  server.line('event', ({ event }) => event.type === 'call-started' && event.callId === callId);

async function endsAs(callId: string, reason: string): Promise<void> {
  const { summary } = await server.line('summary', ({ summary: { call_id } }) => call_id === callId);
  assert.equal(summary.end_reason, reason);
  assert.deepEqual(
    opensips.untaken.filter((method) => /^ua_session_(?!list)/.test(method)),
    [],
  );
}

/** A session that begins with this capture, and is answered. */
async function answers(name: string, callId = keyOf(name)): Promise<void> {
  await raise(name, callId === keyOf(name) ? undefined : callId);
  await replies(180);
  const ok = await replies(200, /m=audio \d+ RTP\/AVP/);
  assert.equal(ok.params.key, callId);
}

async function act(callId: string, action: string, values: Record<string, string> = {}): Promise<unknown> {
  const client = new Client(new WebSocket(`ws://127.0.0.1:${server.rtviPort}/rtvi?call=${callId}`), 'text');
  await client.opened;
  client.send('client-ready', { version: '2.1.0' }, 'ready');
  const list = Object.entries(values).map(([name, value]) => ({ name, value }));
  try {
    return await client.askNew('action', { service: 'opensips_call', action, arguments: list });
  } finally {
    client.socket.terminate();
  }
}

const place = (destination: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.rtviPort}/calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ destination }),
  });

test('a call with everything that a caller may send, from INVITE to BYE', { timeout }, async () => {
  await answers('new-invite');
  await started(key);
  const steps: [name: string, code: number, body?: RegExp][] = [
    ['updated-invite-hold', 200, /a=recvonly/],
    ['updated-invite-resume', 200, /a=sendrecv/],
    ['updated-invite-inactive', 200, /a=inactive/],
    ['updated-invite-no-sdp', 200, /m=audio/],
    ['updated-update', 200, /a=sendrecv/],
    ['updated-info-dtmf-relay', 200],
    ['updated-info-dtmf', 200],
    ['updated-options', 200],
    ['updated-message', 200],
    ['updated-refer', 603],
    ['updated-info-utf8', 415],
    ['updated-info-invalid-utf8', 415],
  ];
  for (const [name, code, body] of steps) {
    await raise(name);
    await replies(code, body);
  }
  await server.line('event', ({ event }) => event.type === 'sentence' && event.text.includes('hello'));
  await raise('updated-ack');
  const failed = act(key, 'transfer', { destination: 'sip:agent@127.0.0.1:5099' });
  const { extra_headers: headers } = capturedRequest('ua-session-update-refer').params;
  const { params } = await opensips.next('ua_session_update');
  assert.equal(String(params.extra_headers).split('\r\n')[0], String(headers).split('\r\n')[0]);
  await raise('answered-refer-202');
  for (const name of ['updated-notify-trying', 'updated-notify-failed', 'updated-notify-ok']) {
    await raise(name);
    await replies(200);
  }
  assert.match(JSON.stringify(await failed), /"success":false/);
  const refused = act(key, 'transfer', { destination: 'sip:agent@127.0.0.1:5099' });
  await opensips.next('ua_session_update');
  await raise('rejected-refer-603');
  assert.match(JSON.stringify(await refused), /603/);
  for (const name of ['info-200', 'options-200', 'reinvite-200']) await raise(`answered-${name}`);
  for (const name of ['info-481', 'options-408-timeout', 'reinvite-491']) await raise(`rejected-${name}`);
  await raise('terminated-bye');
  await endsAs(key, 'caller-hangup');
});

for (const name of ['flags-b', 'compact-headers', 'extra-params', 'multipart', 'opus'])
  test(`new-invite-${name}: answered, and ended by the caller`, { timeout }, async () => {
    const callId = keyOf(`new-invite-${name}`);
    await answers(`new-invite-${name}`);
    await started(callId);
    await raise('terminated-bye', callId);
    await endsAs(callId, 'caller-hangup');
  });

for (const [name, code] of [
  ['no-content-length', 411],
  ['flags-none', 500],
  ['flags-h', 411],
] as const)
  test(`new-invite-${name}: refused with ${code}, and its record freed`, { timeout }, async () => {
    await raise(`new-invite-${name}`);
    await replies(code);
    const { params } = await opensips.next('ua_session_terminate');
    assert.deepEqual(params, { key: keyOf(`new-invite-${name}`) });
  });

test('an INVITE without SDP: the answer comes in the ACK, and a client hangs up', { timeout }, async () => {
  const callId = keyOf('new-invite-no-sdp');
  await answers('new-invite-no-sdp');
  await raise('updated-ack-sdp', callId);
  await started(callId);
  await act(callId, 'hangup');
  assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key: callId });
  await endsAs(callId, 'client-hangup');
});

test('a CANCEL is answered with 487, whatever it crossed', { timeout }, async () => {
  const callId = keyOf('terminated-cancel');
  await raise('new-invite', callId);
  await raise('terminated-cancel');
  while ((await opensips.next('ua_session_reply')).params.code !== 487);
  assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key: callId });
  await endsAs(callId, 'cancelled');
});

test('a transfer that is done ends our part', { timeout }, async () => {
  const callId = 'B2B.1.1.1.1';
  await answers('new-invite', callId);
  await started(callId);
  const moved = act(callId, 'transfer', { destination: 'sip:agent@127.0.0.1:5099' });
  await opensips.next('ua_session_update');
  await raise('answered-refer-202', callId);
  for (const name of ['trying', 'ok']) {
    await raise(`updated-notify-${name}`, callId);
    await replies(200);
  }
  assert.match(JSON.stringify(await moved), /"success":true/);
  assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key: callId });
  await endsAs(callId, 'transferred');
});

test('a call that we place: busy, nobody there, then answered, held and ended', { timeout }, async () => {
  const uri = 'sip:bob@127.0.0.1:60782';
  for (const [name, code] of [
    ['uac-rejected-486', 'CALL_BUSY'],
    ['uac-rejected-408-timeout', 'SIP_TIMEOUT'],
  ] as const) {
    opensips.answer('ua_session_client_start', ({ id }) => JSON.stringify({ jsonrpc: '2.0', result: keyOf(name), id }));
    const placed = place(uri);
    await opensips.next('ua_session_client_start');
    await raise(name);
    assert.match(await (await placed).text(), new RegExp(code));
  }
  const callId = keyOf('uac-answered-200');
  opensips.answer('ua_session_client_start', (request) => answered('ua-session-client-start-ok', request));
  const placed = place(uri);
  await opensips.next('ua_session_client_start');
  for (const name of ['early-180', 'early-183-sdp', 'answered-200']) await raise(`uac-${name}`);
  await started(callId);
  assert.equal((await placed).ok, true);
  await raise('uac-updated-invite-hold');
  await replies(200, /a=recvonly/);
  await raise('uac-terminated-bye');
  await endsAs(callId, 'caller-hangup');
});

test('what belongs to no call is dropped; no capture was left out, and the process ends in order', {
  timeout,
}, async () => {
  await raise('answered-bye-200');
  await raise('rejected-bye-408-timeout');
  await answers('new-invite', 'B2B.1.1.1.2');
  await started('B2B.1.1.1.2');
  await raise('terminated-bye', 'B2B.1.1.1.2');
  await endsAs('B2B.1.1.1.2', 'caller-hangup');
  const all = readdirSync(new URL('../../../test/fixtures/opensips', import.meta.url)).flatMap((file) => {
    const [, name] = /^event-(.*)\.datagram$/.exec(file) ?? [];
    return name === undefined ? [] : [name];
  });
  assert.deepEqual([...raised].sort(), all.sort());
  server.child.kill('SIGTERM');
  assert.equal(await ended(server.child), 0);
  await opensips.goAway();
});
