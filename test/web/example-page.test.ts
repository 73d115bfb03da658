/** The example's web page as a user opens it, in Chromium, on a real call. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type BrowserStage, openBrowserStage } from '../support/browser-stage.js';
import { chromiumMissing } from '../support/chromium.js';
import { listeningCall } from '../support/listening-call.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

const skip = chromiumMissing;
let stage: BrowserStage;
before(async () => {
  if (skip !== false) return;
  const example = readFileSync(new URL('../../../examples/watch.html', import.meta.url), 'utf8');
  stage = await openBrowserStage({ '/watch.html': example });
});
after(() => stage?.close());

test('examples/watch.html shows what is said, mutes and hangs up', { skip, timeout: 60_000 }, async () => {
  const words = joined(await spokenWords('hello, is anybody there'), quiet(800));
  const { server, chromium, origin, address } = stage;
  const page = await chromium.page(`${origin}/watch.html`);
  const click = (selector: string) => page.until(`(document.querySelector('${selector}').click(), true)`);
  const line = (kind: string, text: string) =>
    page.until(`[...document.querySelectorAll('#lines .${kind}')].some((e) => e.textContent.includes('${text}'))`);
  const muted = (to: boolean) =>
    server.event('settings-changed', ({ changes }) =>
      changes.some((change) => change.setting === 'muted' && change.to === to),
    );
  await page.until(`(document.querySelector('#address').value = '${address}')`);
  await click('#open button');
  await line('state', 'connected, RTVI 2.2.0');
  await listeningCall(server, 'example', async ({ phone, ended }) => {
    await line('state', 'opensips-call-started');
    await server.event('bot-stopped-speaking', ({ turn }) => turn === 0);
    await phone.say(words);
    await line('caller', 'hello');
    await line('bot', 'You said: hello');
    await click('#mute');
    await muted(true);
    await click('#unmute');
    await muted(false);
    await click('#hangup');
    await line('state', 'opensips-call-ended');
    assert.equal(await ended, 'hangup');
  });
  assert.deepEqual(page.complaints, [], 'nothing failed in the page');
  await server.idle();
});
