/** The published client-js with its own WebSocket transport and a microphone, in Chromium, on a real call. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { installed } from '../rtvi/client-library.js';
import { type BrowserStage, openBrowserStage } from '../support/browser-stage.js';
import { chromiumMissing } from '../support/chromium.js';
import { listeningCall, peakOf } from '../support/listening-call.js';
import { bundled } from '../support/page-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const missing = 'the client libraries or the bundler are not installed: npm ci in test/rtvi-clients and in web';
const skip = chromiumMissing || (installed && existsSync(file('web/node_modules/vite')) ? false : missing);

let stage: BrowserStage;
before(async () => {
  if (skip !== false) return;
  const script = await bundled(file('test/rtvi-clients/1.13/page.mjs'));
  const pages = { '/': '<script type="module" src="/page.js"></script>', '/page.js': script };
  stage = await openBrowserStage(pages, { 'rtvi.supervisor_audio': 'true' });
});
after(() => stage?.close());

test('it is ready, sees the words, steers, and its microphone is heard', { skip, timeout: 90_000 }, async () => {
  const words = joined(await spokenWords('hello, is anybody there'), quiet(800));
  const { server, chromium, origin, address } = stage;
  const page = await chromium.page(`${origin}/`);
  const told = (name: string, fits: string) =>
    page.until(`application.told.find(({ name, data }) => name === '${name}' && ${fits})`);
  const ask = (type: string, data: object) =>
    page.evaluate<unknown>(`application.client.sendClientRequest('${type}', ${JSON.stringify(data)})`);

  await listeningCall(server, 'published', async ({ phone, frames }) => {
    await page.until('Boolean(window.application)');
    const ready = await page.evaluate<{ version: string; capabilities: Record<string, boolean> }>(
      `application.connect('${address}')`,
    );
    assert.equal(ready.version, '2.2.0');
    assert.equal(ready.capabilities.audio_in, true);
    await server.event('bot-stopped-speaking', ({ turn }) => turn === 0);
    await phone.say(words);
    await told('onUserTranscript', `data.final && data.text === 'hello'`);
    await told('onBotOutput', `data.spoken_status === 'completed' && data.text.includes('You said: hello')`);

    const mute = [{ name: 'enabled', value: true }];
    assert.deepEqual(await ask('action', { service: 'opensips_call', action: 'mute', arguments: mute }), {
      result: true,
    });
    // Of a muted bot nothing is heard: it is the microphone.
    await frames((all) => peakOf(...all.slice(-1)) > 1000);
    await page.evaluate(`application.client.sendText('typed in a browser')`);
    await server.event('sentence', ({ text }) => text.includes('typed in a browser'));
    assert.equal(await page.evaluate(`application.told.filter(({ name }) => name.endsWith('Error')).length`), 0);
    await page.evaluate('application.client.disconnect()');
    await told('onDisconnected', 'true');
  });
  await server.idle();
});
