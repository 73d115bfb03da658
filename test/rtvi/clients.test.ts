/** One call over SIP, watched and steered at the same time by client libraries of four generations. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';
import { installed, type LibraryWatcher, openLibrary, type Release, releases } from './client-library.js';

const skip = installed ? false : 'the client libraries are not installed: npm ci in test/rtvi-clients';
const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const engines = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };

let server: TestServer;
const watchers = new Map<Release, LibraryWatcher>();

before(async () => {
  if (skip !== false) return;
  server = await runServer({ ...engines, 'turn.silence_ms': '400', 'rtvi.enabled': 'true', 'rtvi.port': '0' });
});
after(async () => {
  for (const watcher of watchers.values()) watcher.close();
  await server?.stop();
});

function watch(release: Release): LibraryWatcher {
  const watcher = openLibrary(release, `127.0.0.1:${server.rtvi?.port ?? 0}`);
  watchers.set(release, watcher);
  return watcher;
}

/** A request, the way the library asks. */
function setSpeed({ client, old }: LibraryWatcher, speed: number): Promise<unknown> {
  const change = [{ service: 'piper_tts', options: [{ name: 'speed', value: speed }] }];
  return old ? client.updateConfig(change) : client.sendClientRequest('update-config', { config: change });
}
function mute({ client, old }: LibraryWatcher, enabled: boolean): Promise<unknown> {
  const action = { service: 'opensips_call', action: 'mute', arguments: [{ name: 'enabled', value: enabled }] };
  return old ? client.action(action) : client.sendClientRequest('action', action);
}

const textOf = (watcher: LibraryWatcher, callback: string): string =>
  watcher.heard
    .filter((call) => call.callback === callback)
    .map(({ data }) => (data as { text: string }).text)
    .join(' ');

test('clients of four generations watch and steer one call together', { skip, timeout: 90_000 }, async () => {
  // Before the stand-ins for a browser are there: they would make the synthesiser believe that it is in one.
  const words = joined(await spokenWords('hello, is anybody there'), quiet(800));
  const ready = await Promise.all(releases.map((release) => watch(release).connect()));
  const versions = ready.map((data) => (data as { version: string }).version);
  assert.deepEqual(versions, ['0.3.0', '1.0.0', '1.0.0', '2.2.0']);

  await withSipLine(config, async (signalling) => {
    const handlers = { onFrame: () => undefined, onEnded: () => undefined };
    const phone = await Phone.call(server.uri('together'), config, signalling, handlers);
    try {
      await converse(phone, words);
    } finally {
      await phone.hangUp();
    }
    for (const watcher of watchers.values()) {
      const told = await watcher.called('onServerMessage', ({ type }) => type === 'opensips-call-ended');
      assert.equal((told as { summary: { rtvi_enabled: boolean } }).summary.rtvi_enabled, true);
    }
  });
  await server.idle();
});

async function converse(phone: Phone, words: Int16Array): Promise<void> {
  await server.event('bot-stopped-speaking', ({ turn }) => turn === 0);
  await phone.say(words);
  const { text } = await server.event('transcript-final');
  await server.event('bot-stopped-speaking', ({ turn }) => turn > 0);
  for (const watcher of watchers.values()) {
    await watcher.called('onUserTranscript', (data) => data.final === true && data.text === text);
    await watcher.called('onBotLlmStopped');
  }
  await sameWords();
  await eachSteers();
}

/** What the bot said is the same for all, word by word as the caller heard it. */
async function sameWords(): Promise<void> {
  const said = server.events.flatMap((event) => (event.type === 'sentence-heard' ? [event.text] : [])).join(' ');
  const lastWord = said.split(/\s+/).at(-1) ?? '';
  for (const [release, watcher] of watchers) {
    await watcher.called('onBotTtsText', (data) => String(data.text).endsWith(lastWord));
    assert.equal(textOf(watcher, 'onBotTtsText'), said, release);
  }
  const outputs = watchers.get('1.13')?.heard.filter(({ callback }) => callback === 'onBotOutput') ?? [];
  assert.ok(outputs.some(({ data }) => (data as { spoken_status: string }).spoken_status === 'in-progress'));
}

async function eachSteers(): Promise<void> {
  let speed = 1;
  for (const [release, watcher] of watchers) {
    speed += 0.1;
    const answer = (await setSpeed(watcher, speed)) as object;
    assert.match(JSON.stringify(answer), new RegExp(`"speed","value":${speed}`), release);
    await server.event('settings-changed', ({ changes }) => changes.some(({ to }) => to === speed));
    for (const enabled of [true, false]) {
      const result = JSON.stringify(await mute(watcher, enabled));
      assert.match(result, new RegExp(`"?result"?:${enabled}`), `${release} ${result}`);
    }
    await assert.rejects(setSpeed(watcher, 99), ({ data }) => /speed/.test(data.error), `${release} is refused`);
  }
  for (const [release, watcher] of watchers) if (watcher.client.sendText) await types(watcher, `typed by ${release}`);
}

async function types(watcher: LibraryWatcher, text: string): Promise<void> {
  const before = server.events.filter(({ type }) => type === 'bot-started-speaking').length;
  await watcher.client.sendText?.(text);
  await server.event(
    'bot-started-speaking',
    (event) => server.events.filter(({ type }) => type === 'bot-started-speaking').indexOf(event) >= before,
  );
}
