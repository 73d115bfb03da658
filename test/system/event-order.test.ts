/** One whole call on the running server, and in what order clients of each generation are told of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { Client, type Message } from '../rtvi/desk.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

let server: TestServer;
before(async () => {
  const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
  server = await runServer({ ...scripted, 'rtvi.enabled': 'true', 'rtvi.port': '0', 'turn.silence_ms': '400' });
});
after(() => server.stop());

const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const versions = [undefined, '1.0.0', '1.2.0', '2.1.0', '2.2.0'] as const;

async function watch(version: string | undefined): Promise<Client> {
  const client = new Client(new WebSocket(`ws://127.0.0.1:${server.rtvi?.port}/rtvi`), 'text');
  await client.opened;
  client.send('client-ready', version === undefined ? {} : { version }, 'ready');
  await client.next(({ type }) => type === 'bot-ready');
  return client;
}

/** A greeting, a question and its answer, a text that cuts the answer off, and a hangup by a client. */
async function converse(phone: Phone, steering: Client): Promise<void> {
  await server.event('bot-stopped-speaking', ({ turn }) => turn === 0);
  await phone.say(joined(await spokenWords('hello, is anybody there'), quiet(900)));
  const { turn } = await server.event('user-turn-ended');
  await server.event('bot-stopped-speaking', (event) => event.turn === turn);
  steering.send('send-text', { content: 'tell me a long story' });
  await server.event('playout-progress', (event) => event.turn > turn);
  steering.send('send-text', { content: 'stop', options: { audio_response: false } });
  await server.event('bot-interrupted');
  await server.event('llm-stopped', (event) => event.turn > turn + 1);
  steering.send('disconnect-bot', {});
  await server.event('call-ended');
}

/** Each lane is told by one thread, so its order is fixed; a message of one lane may fall between two of another. */
const lanes: Record<string, readonly string[]> = {
  caller: ['user-started-speaking', 'user-stopped-speaking', 'final transcription', 'user-llm-text'],
  model: ['bot-llm-started', 'bot-llm-text', 'bot-llm-stopped'],
  voice: ['bot-tts-started', 'bot-tts-stopped'],
  heard: ['bot-started-speaking', 'bot-tts-text', 'bot-output spoken', 'bot-interrupted', 'bot-stopped-speaking'],
};

function named({ type, data = {} }: Message): string {
  if (type === 'user-transcription') return data.final === true ? 'final transcription' : 'interim transcription';
  if (type !== 'bot-output') return type;
  const spoken = data.spoken === true || ['in-progress', 'completed'].includes(String(data.spoken_status));
  return spoken ? 'bot-output spoken' : 'bot-output announced';
}

/** The types of one lane, each run of the same type once. */
function lane(client: Client, names: readonly string[]): string[] {
  const types = client.messages.map(named).filter((name) => names.includes(name));
  return types.filter((type, index) => type !== types[index - 1]);
}

const spokenTurn = (output: boolean): string[] => ['bot-started-speaking', ...(output ? ['spoken'] : ['bot-tts-text'])];

/** What is heard of three turns, the last of them cut off. Words and progress alternate in their form: they are one. */
function heardBy(version: string | undefined): string[] {
  const turn = [...spokenTurn(version !== undefined), 'bot-stopped-speaking'];
  const cut = [
    ...spokenTurn(version !== undefined),
    ...(version === undefined ? [] : ['bot-interrupted']),
    'bot-stopped-speaking',
  ];
  return [...turn, ...turn, ...cut];
}

const merged = (types: string[]): string[] =>
  types
    .map((type) => (type === 'bot-output spoken' || type === 'bot-tts-text' ? 'spoken' : type))
    .filter((type, index, all) => type !== all[index - 1]);

test('every generation is told one call in its order, pair by pair', { timeout: 60_000 }, async () => {
  const clients = new Map<string | undefined, Client>();
  for (const version of versions) clients.set(version, await watch(version));
  const steering = clients.get('2.2.0') ?? assert.fail('it is there');
  await withSipLine(config, async (signalling) => {
    const handlers = { onFrame: () => undefined, onEnded: () => undefined };
    const phone = await Phone.call(server.uri('order'), config, signalling, handlers);
    await converse(phone, steering);
    await phone.hangUp();
  });
  for (const [version, client] of clients) {
    await client.told('opensips-call-ended');
    const of = (name: keyof typeof lanes) => lane(client, lanes[name] ?? []);
    const question = ['user-started-speaking', 'user-stopped-speaking', 'final transcription', 'user-llm-text'];
    assert.deepEqual(of('caller'), question, version);
    const answers = Array.from({ length: 3 }, () => ['bot-llm-started', 'bot-llm-text', 'bot-llm-stopped']).flat();
    assert.deepEqual(of('model'), answers, version);
    assert.deepEqual(
      of('voice'),
      Array.from({ length: 3 }, () => ['bot-tts-started', 'bot-tts-stopped']).flat(),
      version,
    );
    const heard = merged(of('heard'));
    assert.deepEqual(
      heard,
      heardBy(version).map((type) => (type === 'bot-tts-text' ? 'spoken' : type)),
      version,
    );
    client.socket.terminate();
  }
  await server.idle();
});
