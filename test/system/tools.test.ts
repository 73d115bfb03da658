/** A call over real SIP and RTP in which the model uses its tools: an HTTP request, then it says goodbye and hangs up. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { runServer } from '../support/running-server.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';

const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });

test('an HTTP tool answers in a call, and the bot hangs up after its goodbye', { timeout: 60_000 }, async (t) => {
  const web = createServer((request, response) => response.end(JSON.stringify({ asked: request.url })));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  t.after(() => web.close());
  const server = await runServer({
    'stt.engine': 'scripted',
    'stt.model': 'call weather {"city":"Ankara"}|call hang_up {}',
    'llm.engine': 'scripted',
    'tts.engine': 'scripted',
    'turn.silence_ms': '400',
    'agent.default.greeting': '',
    'agent.default.tools': 'weather hang_up',
    'tool.weather.method': 'GET',
    'tool.weather.url': `http://127.0.0.1:${(web.address() as AddressInfo).port}/of/{city}`,
    'tool.weather.parameters': '{"properties": {"city": {"type": "string"}}, "required": ["city"]}',
  });
  t.after(() => server.stop());
  await withSipLine(config, async (signalling) => {
    let over: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      over = resolve;
    });
    const phone = await Phone.call(server.uri('bot'), config, signalling, { onFrame: () => {}, onEnded: () => over() });
    const words = joined(await spokenWords('how is the weather'), quiet(800));
    await phone.say(words);
    const done = await server.event('function-call-ended', ({ name }) => name === 'weather');
    assert.deepEqual(done.result, { asked: '/of/Ankara' });
    await server.event('bot-stopped-speaking', ({ turn }) => turn === done.turn);
    await phone.say(words);
    const goodbye = await server.event('function-call-started', ({ name }) => name === 'hang_up');
    await ended;
    const end = await server.event('call-ended');
    const heard = await server.event('bot-stopped-speaking', ({ turn }) => turn === goodbye.turn);
    assert.equal(end.reason, 'bot-hangup');
    assert.ok(heard.atNs < end.atNs, 'the goodbye was heard to its end');
    const hungUp = await server.event('function-call-ended', ({ name }) => name === 'hang_up');
    assert.deepEqual(hungUp.result, { done: true });
    await phone.hangUp();
  });
  await server.idle();
});
