/** One call over SIP, watched and steered at the same time by the client libraries of eight releases. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';
import { factsOf, installed, type LibraryWatcher, openLibrary, type Release, releases } from './client-library.js';

const skip = installed ? false : 'the client libraries are not installed: npm ci in test/rtvi-clients';
const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
const engines = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };

let server: TestServer;
const watchers = new Map<Release, LibraryWatcher>();

before(async () => {
  if (skip !== false) return;
  server = await runServer({ ...engines, 'turn.silence_ms': '400', 'rtvi.enabled': 'true', 'rtvi.port': '0' });
});
after(() => server?.stop());

function watch(release: Release): LibraryWatcher {
  const watcher = openLibrary(release, `127.0.0.1:${server.rtvi?.port ?? 0}`);
  watchers.set(release, watcher);
  return watcher;
}

/** A request, the way the release asks. */
function update(release: Release, { client }: LibraryWatcher, service: string, name: string, value: unknown) {
  const change = [{ service, options: [{ name, value }] }];
  return factsOf(release).old
    ? client.updateConfig(change)
    : client.sendClientRequest('update-config', { config: change });
}
function mute(release: Release, { client }: LibraryWatcher, enabled: boolean): Promise<unknown> {
  const action = { service: 'opensips_call', action: 'mute', arguments: [{ name: 'enabled', value: enabled }] };
  return factsOf(release).old ? client.action(action) : client.sendClientRequest('action', action);
}
function describe(release: Release, { client }: LibraryWatcher): Promise<unknown> {
  return factsOf(release).old ? client.describeActions() : client.sendClientRequest('describe-actions', {});
}

test('clients of eight releases watch and steer one call together, and leave', { skip, timeout: 90_000 }, async () => {
  // Before the stand-ins for a browser are there: they would make the synthesiser believe that it is in one.
  const words = joined(await spokenWords('hello, is anybody there'), quiet(800));
  const ready = await Promise.all(releases.map((release) => watch(release).connect()));
  for (const [n, release] of releases.entries())
    assert.equal((ready[n] as { version: string }).version, factsOf(release).told, release);

  await withSipLine(config, async (signalling) => {
    const handlers = { onFrame: () => undefined, onEnded: () => undefined };
    const phone = await Phone.call(server.uri('together'), config, signalling, handlers);
    try {
      await converse(phone, words);
    } finally {
      await phone.hangUp();
    }
    await eachIsToldTheEnd();
  });
  await Promise.all([...watchers.values()].map((watcher) => watcher.disconnect()));
  await server.idle();
});

async function converse(phone: Phone, words: Int16Array): Promise<void> {
  await server.event('bot-stopped-speaking', ({ turn }) => turn === 0);
  await phone.say(words);
  const { text } = await server.event('transcript-final');
  await server.event('bot-stopped-speaking', ({ turn }) => turn > 0);
  for (const watcher of watchers.values()) {
    await watcher.called('onUserTranscript', (data) => data.final === true && data.text === text);
    await watcher.called('onBotStoppedSpeaking');
  }
  await sameWords();
  await eachSteers();
}

/** What the bot said is the same for all: sentences for 0.1, later ones word by word as the caller heard it. */
async function sameWords(): Promise<void> {
  const said = server.events.flatMap((event) => (event.type === 'sentence-heard' ? [event.text] : [])).join(' ');
  const lastWord = said.split(/\s+/).at(-1) ?? '';
  const ends = (data: unknown) => textOf(data).endsWith(lastWord);
  for (const [release, watcher] of watchers) {
    const callback = release === 'realtime-0.1' ? 'onBotTranscript' : 'onBotTtsText';
    await watcher.called(callback, ends);
    const heard = watcher.heard.filter((call) => call.callback === callback).map(({ data }) => textOf(data));
    assert.equal(heard.join(' '), said, release);
  }
  const outputs = watchers.get('1.13')?.heard.filter(({ callback }) => callback === 'onBotOutput') ?? [];
  assert.ok(outputs.some(({ data }) => (data as { spoken_status: string }).spoken_status === 'in-progress'));
}

/** 0.1 hands over the text itself. */
const textOf = (data: unknown): string => (typeof data === 'string' ? data : (data as { text: string }).text);

async function eachSteers(): Promise<void> {
  let speed = 1;
  for (const [release, watcher] of watchers) {
    speed = Math.round(speed * 10 + 1) / 10;
    const answer = JSON.stringify(await update(release, watcher, 'piper_tts', 'speed', speed));
    assert.ok(answer.includes(`"speed","value":${speed}`), `${release}: ${answer}`);
    await server.event('settings-changed', ({ changes }) => changes.some(({ to }) => to === speed));
    assert.match(JSON.stringify(await describe(release, watcher)), /"transfer"/, release);
    for (const enabled of [true, false]) {
      const result = JSON.stringify(await mute(release, watcher, enabled));
      assert.match(result, new RegExp(`"?result"?:${enabled}`), `${release} ${result}`);
    }
    const refused = update(release, watcher, 'piper_tts', 'speed', 99);
    await assert.rejects(refused, ({ data }) => /speed/.test(data.error), `${release} is refused`);
    if (watcher.client.sendText) await types(watcher, `typed by ${release.replace('.', ' point ')}`);
  }
}

async function types(watcher: LibraryWatcher, text: string): Promise<void> {
  await watcher.client.sendText?.(text);
  await server.event('sentence', (event) => event.text.includes(text));
}

/** Server messages have a callback of their own from client-js 0.3.3 on. */
async function eachIsToldTheEnd(): Promise<void> {
  for (const [release, watcher] of watchers) {
    const callback = release.startsWith('realtime') ? 'onGenericMessage' : 'onServerMessage';
    const told = await watcher.called(callback, ({ type }) => type === 'opensips-call-ended');
    assert.equal((told as { summary: { rtvi_enabled: boolean } }).summary.rtvi_enabled, true, release);
  }
}
