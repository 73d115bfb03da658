/** A running call does what an RTVI client asks for: each option and action, by what the caller hears and the bot does. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { Client } from '../rtvi/desk.js';
import { type ListeningCall, listeningCall, peakOf } from '../support/listening-call.js';
import { rawAudio } from '../support/microphone.js';
import { tone } from '../support/parrot.js';
import { runServer, type TestServer } from '../support/running-server.js';

let server: TestServer;
before(async () => {
  const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
  const agents = { 'agent.default.language': 'en', 'agent.turkish.language': 'tr', 'agent.turkish.match': '^tr$' };
  const rtvi = { 'rtvi.enabled': 'true', 'rtvi.port': '0' };
  server = await runServer({ ...scripted, ...agents, ...rtvi, 'turn.silence_ms': '400' });
});
after(() => server.stop());

interface Scene extends ListeningCall {
  client: Client;
}

/** A call that has heard its greeting, and a client that watches it. */
function steered(user: string, work: (scene: Scene) => Promise<void>): Promise<void> {
  return listeningCall(server, user, async (call) => {
    const client = await watch(call.callId);
    try {
      await server.event('bot-stopped-speaking', (event) => event.callId === call.callId && event.turn === 0);
      await work({ ...call, client });
    } finally {
      client.socket.terminate();
    }
  });
}

async function watch(callId: string): Promise<Client> {
  const client = new Client(new WebSocket(`ws://127.0.0.1:${server.rtvi?.port}/rtvi?call=${callId}`), 'text');
  await client.opened;
  client.send('client-ready', { version: '2.1.0' }, 'ready');
  await client.next(({ type }) => type === 'bot-ready');
  return client;
}

const update = (client: Client, service: string, options: Record<string, unknown>, interrupt = false) =>
  client.askNew('update-config', {
    config: [{ service, options: Object.entries(options).map(([name, value]) => ({ name, value })) }],
    interrupt,
  });

const act = async (client: Client, action: string, values: Record<string, unknown> = {}, service = 'opensips_call') => {
  const list = Object.entries(values).map(([name, value]) => ({ name, value }));
  return (await client.askNew('action', { service, action, arguments: list })) as { result: unknown };
};

test('interrupt says whether there was anything to cut off, and cuts it off', { timeout: 60_000 }, async () => {
  await steered('interrupt', async ({ client, callId }) => {
    assert.deepEqual(await client.askNew('interrupt'), { interrupted: false });
    await act(client, 'say', { text: 'This goes on for quite a while.' }, 'piper_tts');
    await server.event('bot-started-speaking', (event) => event.callId === callId && event.turn > 0);
    assert.deepEqual(await client.askNew('interrupt'), { interrupted: true });
    const { cause, heard } = await server.event('bot-interrupted', (event) => event.callId === callId);
    assert.equal(cause, 'client');
    assert.ok(heard.length < 'This goes on for quite a while.'.length, heard);
    assert.deepEqual(await client.askNew('interrupt'), { interrupted: false });
  });
});

test('mute and volume, while the bot speaks', { timeout: 60_000 }, async () => {
  await steered('loud', async ({ client, callId, frames }) => {
    await act(
      client,
      'say',
      { text: 'A long sentence that is muted, then quiet, then loud, all while it is said.' },
      'piper_tts',
    );
    await server.event('bot-started-speaking', (event) => event.callId === callId && event.turn > 0);
    /** Of a fifth of a second, once what was on its way is over. */
    const loudest = async () => peakOf(...(await frames((all) => all.length >= 20)).slice(10));
    const full = await loudest();
    assert.ok(full > 1000, `${full}`);
    assert.deepEqual(await act(client, 'mute', { enabled: true }), { result: true });
    assert.ok((await loudest()) < 100, 'muted');
    assert.deepEqual(await act(client, 'mute', { enabled: false }), { result: false });
    await update(client, 'opensips_call', { volume: 0.25 });
    const quieter = await loudest();
    assert.ok(Math.abs(full / quieter - 4) < 0.6, `${full}, then ${quieter}`);
  });
});

test('a microphone is refused once where it is not switched on', { timeout: 60_000 }, async () => {
  await steered('microphone', async ({ client, frames }) => {
    for (let frame = 0; frame < 10; frame++) client.send('raw-audio', rawAudio(tone(1000, 20, 16_000), 16_000));
    const { data } = await client.next(({ type }) => type === 'error-response');
    assert.match(String(data?.error), /supervisor_audio has to be true/);
    // The greeting's end is still on its way.
    const loudest = peakOf(...(await frames((all) => all.length >= 40)).slice(10));
    assert.ok(loudest < 100, `${loudest}: nothing of it is heard`);
    await client.drain();
    assert.equal(client.messages.filter(({ type }) => type === 'error-response').length, 1);
  });
});

test('what does not fit is refused whole, and nothing of it is applied', { timeout: 60_000 }, async () => {
  await steered('refused', async ({ client, callId }) => {
    const before = await client.askNew('get-config');
    const refusals: [service: string, options: Record<string, unknown>, why: RegExp][] = [
      ['piper_tts', { speed: 1.5, voice: 'nobody' }, /voice expected .*scripted/],
      ['vosk_stt', { confidence: 0.5, language: 'xx' }, /expected en or tr, got xx/],
      ['llama_llm', { temperature: 0.1, max_tokens: 0 }, /max_tokens expected integer 1 to 4096, got 0/],
      ['opensips_call', { volume: 0.5, mute_enabled: 1 }, /mute_enabled expected boolean, got 1/],
    ];
    for (const [service, options, why] of refusals) {
      const answer = (await update(client, service, options, true)) as { data: { error: string } };
      assert.match(answer.data.error, why);
    }
    assert.deepEqual(await client.askNew('get-config'), before);
    assert.equal(
      server.events.some((event) => event.callId === callId && event.type === 'settings-changed'),
      false,
    );
  });
});

test('two clients that write at once see one order, and the last one counts', { timeout: 60_000 }, async () => {
  await steered('both', async ({ client, callId }) => {
    const other = await watch(callId);
    for (let n = 0; n < 20; n++) {
      const config = [{ service: 'piper_tts', options: [{ name: 'speed', value: 0.55 + n / 20 }] }];
      (n % 2 === 0 ? client : other).send('client-message', { t: 'update-config', d: { config } });
    }
    for (const one of [client, other]) await one.drain();
    const speeds = async (one: Client) => {
      await one.drain();
      return one.messages
        .filter(({ data }) => data?.type === 'opensips-config-changed')
        .map(({ data }) => (data?.changes as { to: number }[] | undefined)?.[0]?.to);
    };
    const [mine, theirs] = [await speeds(client), await speeds(other)];
    assert.equal(mine.length, 20);
    assert.deepEqual(mine, theirs);
    const { history } = (await client.askNew('get-config-history')) as { history: { changes: { to: number }[] }[] };
    assert.deepEqual(
      history.map(({ changes }) => changes[0]?.to),
      mine,
    );
    const state = JSON.stringify(await client.askNew('get-config'));
    assert.ok(state.includes(`"speed","value":${mine.at(-1)}`), state);
    other.socket.terminate();
  });
});

test('an appended message stands behind the answer that is being spoken', { timeout: 60_000 }, async () => {
  await steered('append', async ({ client, callId }) => {
    client.send('send-text', { content: 'first question' });
    await server.event('playout-progress', (event) => event.callId === callId && event.turn > 0);
    client.send('append-to-context', { role: 'user', content: 'a remark' });
    client.send('send-text', { content: 'second question' });
    const { turn } = await server.event(
      'sentence',
      (event) => event.callId === callId && event.text.includes('second'),
    );
    const said = server.events.flatMap((event) =>
      event.callId === callId && event.type === 'sentence' && event.turn === turn ? [event.text] : [],
    );
    assert.equal(said.join(' '), 'You said: a remark second question');
  });
});

test('a transfer that is refused says by which status, and the call goes on; a hangup ends it', {
  timeout: 60_000,
}, async () => {
  await steered('ends', async ({ client, callId, ended }) => {
    const refused = (await client.ask('client-message', {
      t: 'action',
      d: {
        service: 'opensips_call',
        action: 'transfer',
        arguments: [{ name: 'destination', value: 'not a destination' }],
      },
    })) as unknown as { type: string; data: { error?: string; d?: { result: { success: boolean } } } };
    assert.ok(refused.type === 'error-response' || refused.data.d?.result.success === false, JSON.stringify(refused));
    assert.deepEqual(await act(client, 'hangup'), { result: true });
    const { reason } = await server.event('call-ended', (event) => event.callId === callId);
    assert.equal(reason, 'client-hangup');
    assert.equal(await ended, 'hangup');
  });
});
