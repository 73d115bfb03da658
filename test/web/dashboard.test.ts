/** The dashboard, as it was built, in Chromium: a real call is watched and steered by clicks. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { dashboardFolder } from '../../src/server/pages.js';
import { openDesk } from '../rtvi/desk.js';
import { Chromium, chromiumMissing, type Page, type PageOptions } from '../support/chromium.js';
import { type ListeningCall, listeningCall, peakOf } from '../support/listening-call.js';
import { runServer, type TestServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

const built = existsSync(`${dashboardFolder}index.html`);
const notBuilt = 'the dashboard is not built: npm ci --prefix web && npm run build --prefix web';
const skip = chromiumMissing || (built ? false : notBuilt);
const settings = {
  'stt.engine': 'scripted',
  'llm.engine': 'scripted',
  'tts.engine': 'scripted',
  'turn.silence_ms': '400',
  'rtvi.enabled': 'true',
  'rtvi.port': '0',
};

let server: TestServer;
let chromium: Chromium;
before(async () => {
  if (skip !== false) return;
  server = await runServer(settings);
  chromium = await Chromium.open();
});
after(async () => {
  await chromium?.close();
  await server?.stop();
});

const openPage = (port: number | undefined, options?: PageOptions, hash = ''): Promise<Page> =>
  chromium.page(`http://127.0.0.1:${port ?? 0}/${hash}`, options);

const quoted = (text: string): string => JSON.stringify(text);
const click = (page: Page, selector: string): Promise<unknown> =>
  page.until(`(document.querySelector(${quoted(selector)}).click(), true)`);
/** Puts a value into a field as a user does, and leaves it. */
const fill = (page: Page, name: string, value: string): Promise<unknown> =>
  page.evaluate(`(() => {
    const field = document.querySelector('[name="${name}"]');
    field.value = ${quoted(value)};
    for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
  })()`);
/** Resolves when a line of that side has these words, and those after `heard` are still to be heard. */
const line = (page: Page, side: string, words: string): Promise<unknown> =>
  page.until(
    `[...document.querySelectorAll('.lines .${side} .heard')].some((e) => e.textContent.includes(${quoted(words)}))`,
  );
const text = (page: Page, selector: string): Promise<string> =>
  page.until(`document.querySelector(${quoted(selector)}).textContent`);

test('a call is watched, muted, steered and hung up by clicks', { skip, timeout: 90_000 }, async () => {
  const words = joined(await spokenWords('hello, is anybody there'), quiet(800));
  const page = await openPage(server.rtvi?.port);
  await page.until(`document.querySelector('.connection').dataset.state === 'connected'`);
  await listeningCall(server, 'dashboard', async (call) => {
    const { phone } = call;
    await page.until(`document.querySelector('[data-call][aria-current=true]')`);
    await server.event('bot-stopped-speaking', ({ turn }) => turn === 0);
    await phone.say(words);
    await line(page, 'user', 'hello');
    await line(page, 'bot', 'You said: hello');
    await page.until(`document.querySelector('.bars .bar span')`);

    await click(page, '[name="opensips_call.mute_enabled"]');
    await server.event('settings-changed', ({ changes }) =>
      changes.some(({ setting, to }) => setting === 'muted' && to),
    );
    await call.frames((frames) => frames.length >= 5 && peakOf(...frames.slice(-5)) < 100); // what was on its way is over
    const muted = await speaks(page, 'nobody hears this', call);
    assert.ok(muted < 100, `${muted}: the caller hears nothing of a muted bot`);
    await click(page, '[name="opensips_call.mute_enabled"]');
    await server.event('settings-changed', ({ changes }) =>
      changes.some(({ setting, to }) => setting === 'muted' && !to),
    );
    const audible = await speaks(page, 'now it is heard', call);
    assert.ok(audible > 1000, `${audible}: the caller hears the bot again`);

    await fill(page, 'piper_tts.speed', '1.5');
    await server.event('settings-changed', ({ changes }) =>
      changes.some(({ setting, to }) => setting === 'speed' && to === 1.5),
    );
    await fill(page, 'llama_llm.max_tokens', '64');
    await server.event('settings-changed', ({ changes }) =>
      changes.some(({ setting, to }) => setting === 'maxTokens' && to === 64),
    );
    await page.until(`document.querySelectorAll('.changes li').length === 4`);

    const markup = '<img src=x onerror=alert(1)>';
    await fill(page, 'text', markup);
    await click(page, '[name=ask]');
    await line(page, 'user', markup);
    await server.event('sentence', (event) => event.text.includes(markup));

    await click(page, '[name=hangup]');
    await click(page, '[name=hangup]');
    const { reason } = await server.event('call-ended');
    assert.equal(reason, 'client-hangup');
    assert.match(await text(page, '.summary:not([hidden]) dl'), /client-hangup/);
  });
  assert.deepEqual(page.complaints, [], 'no error, and nothing that the policy forbids');
  await server.idle();
});

/** Lets the bot say a text by the form; resolves with how loud the caller heard it. */
async function speaks(page: Page, words: string, { frames }: ListeningCall): Promise<number> {
  let over = false;
  const heard = frames(() => over);
  await fill(page, 'text', words);
  await click(page, '[name=say]');
  const { turn } = await server.event('sentence-heard', (event) => event.text === words);
  await server.event('bot-stopped-speaking', (event) => event.turn === turn);
  over = true;
  return peakOf(...(await heard));
}

test('without a valid token the page asks for one, in the language of the browser', {
  skip,
  timeout: 30_000,
}, async (context) => {
  const { port } = (await openDesk(context, { config: { token: 'right', dashboard: true } })).server;
  const page = await openPage(port, { language: 'tr' });
  assert.match(await text(page, 'dialog[open] h2'), /erişim anahtarı/);
  await fill(page, 'token', 'wrong');
  await click(page, 'dialog button');
  await page.until(`document.querySelector('dialog[open] input').value === ''`);
  await fill(page, 'token', 'right');
  await click(page, 'dialog button');
  await page.until(`document.querySelector('.connection').dataset.state === 'connected'`);
  const linked = await openPage(port, {}, '#token=right');
  await linked.until(`document.querySelector('.connection').dataset.state === 'connected'`);
  assert.equal(await linked.evaluate('location.hash'), '', 'the token leaves the address bar');
});

test('the page comes with a policy that forbids everything foreign', { skip }, async () => {
  const answer = await fetch(`http://127.0.0.1:${server.rtvi?.port ?? 0}/`);
  const html = await answer.text();
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'/);
  assert.doesNotMatch(html, /<script(?![^>]*src=)|<style|\son\w+=/, 'nothing inline');
});
