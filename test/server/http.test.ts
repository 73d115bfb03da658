import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { OavcError } from '../../src/errors.js';
import { type Desk, openDesk } from '../rtvi/desk.js';

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

async function ask(
  desk: Desk,
  path: string,
  init?: RequestInit,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${desk.http}${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('health, readiness and metrics', async (context) => {
  let reasons: string[] = [];
  const desk = await openDesk(context, { readiness: () => ({ ready: reasons.length === 0, reasons }) });
  desk.calls.start('call-1');
  await desk.ready('2.2.0');
  assert.deepEqual(await ask(desk, '/healthz'), { status: 200, body: { alive: true } });
  assert.equal((await ask(desk, '/readyz')).status, 200);
  reasons = ['the model is not loaded'];
  assert.deepEqual(await ask(desk, '/readyz'), { status: 503, body: { ready: false, reasons } });
  const metrics = await fetch(`${desk.http}/metrics`);
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0.0.4/);
  const text = await metrics.text();
  assert.match(text, /^oavc_calls_live 1$/m);
  assert.match(text, /^oavc_rtvi_clients 1$/m);
});

test('calls are listed and placed', async (context) => {
  const desk = await openDesk(context);
  desk.calls.start('call-1');
  const placed = await ask(desk, '/calls', post({ destination: 'sip:x@example.test' }));
  assert.deepEqual([placed.status, placed.body.call_id], [201, 'sip:x@example.test']);
  const { body } = await ask(desk, '/calls');
  assert.deepEqual(
    (body.calls as { call_id: string }[]).map(({ call_id }) => call_id),
    ['call-1', 'sip:x@example.test'],
  );
  const refused = await ask(desk, '/calls', post({ destination: 'sip:busy@example.test' }));
  assert.deepEqual([refused.status, refused.body.info], [502, 'INVITE was refused with 486 Busy Here']);
  assert.equal((await ask(desk, '/calls', post({}))).status, 400);
});

for (const path of ['/start', '/connect'])
  test(`${path} answers the address and nothing else, and it works`, async (context) => {
    const desk = await openDesk(context);
    desk.calls.start('call-1');
    const { status, body } = await ask(desk, path, post({ config: [], rtvi_client_version: '0.4.1' }));
    assert.deepEqual([status, body], [200, { ws_url: `ws://127.0.0.1:${desk.server.port}/rtvi` }]);
    const tied = await ask(desk, path, post({ call_id: 'call-1' }));
    assert.deepEqual(tied.body, { ws_url: `ws://127.0.0.1:${desk.server.port}/rtvi?call=call-1` });
    const client = await desk.ready('2.2.0', '?call=call-1');
    assert.equal((await client.told('opensips-call-state')).call_id, 'call-1');
    assert.equal((await ask(desk, path, post({ call_id: 'none' }))).status, 404);
  });

test('behind TLS the address is wss', async (context) => {
  const desk = await openDesk(context);
  const { body } = await ask(desk, '/start', post('', { 'x-forwarded-proto': 'https' }));
  assert.match(String(body.ws_url), /^wss:/);
});

test('with a token: what is needed where, and a token of /start for one call', async (context) => {
  const desk = await openDesk(context, { config: { token: 'secret' } });
  const call = desk.calls.start('call-1');
  desk.calls.start('call-2');
  for (const [path, init] of [
    ['/calls'],
    ['/calls', post({})],
    ['/start', post({})],
    ['/connect', post({})],
  ] as const) {
    const { status, body } = await ask(desk, path, init);
    assert.deepEqual([status, body.detail], [401, 'a valid token is needed'], path);
  }
  assert.equal((await ask(desk, '/healthz')).status, 200);
  const bearer = { authorization: 'Bearer secret' };
  const { body } = await ask(desk, '/start', post({ call_id: 'call-1' }, bearer));
  const { search, searchParams } = new URL(String(body.ws_url));
  assert.doesNotMatch(search, /secret/);
  const token = searchParams.get('token');
  const client = await desk.ready('2.2.0', search);
  const { calls } = (await client.askNew('list-calls')) as { calls: { call_id: string }[] };
  assert.deepEqual(
    calls.map(({ call_id }) => call_id),
    ['call-1'],
  );
  const other = await client.ask('client-message', { t: 'focus-call', d: { call_id: 'call-2' } });
  assert.equal(other.data?.error, 'no call call-2 is running');
  await client.askNew('action', {
    service: 'opensips_call',
    action: 'mute',
    arguments: [{ name: 'enabled', value: true }],
  });
  assert.equal(call.info().settings.muted, true);
  assert.equal((await (await desk.open(`?call=call-2&token=${token}`)).closed).code, 4004);
  const placed = await ask(desk, '/calls', post({ destination: 'sip:x' }, { authorization: `Bearer ${token}` }));
  assert.equal(placed.status, 403, 'it places no calls');
});

const bodies: [what: string, init: RequestInit, why: RegExp][] = [
  ['no JSON', post('{'), /body: expected JSON/],
  ['no object', post('[]'), /expected a JSON object, got array/],
  ['too long a body', post({ x: 'x'.repeat(100_000) }), /expected at most 65536 bytes/],
];
for (const [what, init, why] of bodies)
  test(`${what} is refused`, async (context) => {
    const desk = await openDesk(context);
    const { status, body } = await ask(desk, '/start', init);
    assert.equal(status, 400);
    assert.match(String(body.info), why);
  });

test('other addresses and methods', async (context) => {
  const desk = await openDesk(context);
  assert.equal((await ask(desk, '/nothing')).status, 404);
  assert.equal((await ask(desk, '/start')).status, 405);
  assert.equal((await ask(desk, '/__proto__')).status, 404);
  const page = await ask(desk, '/');
  assert.equal(page.status, 404);
  assert.match(String(page.body.info), /npm run build --prefix web/, 'who opens the address is told how to get a page');
  const longHeader = await fetch(`${desk.http}/calls`, { headers: { 'x-long': 'x'.repeat(20_000) } });
  assert.equal(longHeader.status, 431);
});

const placeBodies: [what: string, body: object, why: RegExp][] = [
  ['no destination', { agent: 'sales' }, /must have required property 'destination'/],
  ['a mistyped wish', { destination: 'sip:x', langauge: 'tr' }, /must NOT have additional properties/],
  ['a variable that is no text', { destination: 'sip:x', variables: { name: 7 } }, /variables.name must be string/],
];
for (const [what, body, why] of placeBodies)
  test(`a call with ${what} is not placed`, async (context) => {
    const desk = await openDesk(context);
    const { status, body: answer } = await ask(desk, '/calls', post(body));
    assert.equal(status, 400);
    assert.match(String(answer.info), why);
    assert.equal(desk.calls.list().length, 0);
  });

test('any origin may ask where the configuration says so, but never without a token', async (context) => {
  await assert.rejects(openDesk(context, { config: { origins: '*' } }), /origins = \* needs a token/);
  const desk = await openDesk(context, { config: { origins: '*', token: 'secret' } });
  const headers = { origin: 'https://any.example.test', authorization: 'Bearer secret' };
  const { headers: answered, status } = await fetch(`${desk.http}/calls`, { headers });
  assert.deepEqual([status, answered.get('access-control-allow-origin')], [200, 'https://any.example.test']);
});

test('web pages of listed origins may ask; others may not', async (context) => {
  const desk = await openDesk(context, { config: { origins: 'https://desk.example.test' } });
  const headers = { origin: 'https://desk.example.test', 'access-control-request-headers': 'x-app, content-type' };
  const allowed = await fetch(`${desk.http}/start`, { method: 'OPTIONS', headers });
  assert.equal(allowed.status, 204);
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://desk.example.test');
  assert.equal(allowed.headers.get('access-control-allow-headers'), 'x-app, content-type');
  const foreign = await fetch(`${desk.http}/start`, post({}, { origin: 'https://evil.example.test' }));
  assert.equal(foreign.status, 403);
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
});

test('a port that is taken is a clear error', async (context) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  context.after(() => taken.close());
  const { port } = taken.address() as { port: number };
  await assert.rejects(openDesk(context, { config: { port } }), (thrown) => {
    assert.ok(thrown instanceof OavcError);
    assert.equal(thrown.code, 'LISTEN_FAILED');
    assert.match(thrown.message, new RegExp(`RTVI cannot listen on 127.0.0.1:${port}: .*EADDRINUSE`));
    return true;
  });
});

test('other than loopback without a token is refused, with one it is not', async (context) => {
  await assert.rejects(openDesk(context, { config: { ip: '0.0.0.0' } }), /needs a token; set \[rtvi\] token/);
  const desk = await openDesk(context, { config: { ip: '0.0.0.0', token: 'secret' } });
  assert.equal((await ask(desk, '/healthz', { headers: { host: 'voice.example.test' } })).status, 200);
});

test('a closed server frees its port, and closing twice is once', async (context) => {
  const desk = await openDesk(context);
  await desk.ready('2.2.0');
  await Promise.all([desk.server.close(), desk.server.close()]);
  await assert.rejects(fetch(`${desk.http}/healthz`));
  assert.equal(desk.observer.listeners, 0);
});
