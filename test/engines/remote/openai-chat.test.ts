import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatMessage, GenerateOptions } from '../../../src/engines/engine.js';
import { FallbackLlm } from '../../../src/engines/llm/fallback.js';
import { openOpenAiChat } from '../../../src/engines/llm/openai-chat.js';
import { openScriptedLlm } from '../../../src/engines/llm/scripted.js';
import { chunk, httpServer, refuse, send, streamOf } from './chat-server.js';

const server = await httpServer();
const open = (more: object = {}) => openOpenAiChat({ url: server.url, model: 'small', retries: 1, ...more });
const options = (more: Partial<GenerateOptions> = {}): GenerateOptions => ({
  temperature: 0.5,
  maxTokens: 20,
  signal: new AbortController().signal,
  onText: () => {},
  ...more,
});
const asks: ChatMessage[] = [
  { role: 'system', content: 'You are a bank.' },
  { role: 'user', content: 'Hello?' },
];

test('text is given on as it comes, with the tokens that the server counted', async () => {
  server.answer = (response) => send(response, streamOf('Good', ' morning.'));
  process.env.OAVC_TEST_KEY = 'sesame';
  const sequence = await (await open({ keyVariable: 'OAVC_TEST_KEY' })).open();
  const heard: string[] = [];
  const generation = await sequence.generate(asks, options({ onText: (text) => void heard.push(text) }));
  assert.deepEqual(heard, ['Good', ' morning.']);
  assert.deepEqual(generation, { text: 'Good morning.', stop: 'end', promptTokens: 12, completionTokens: 2 });
  const { path, headers, body } = server.asked.at(-1) ?? { path: '', headers: {}, body: '{}' };
  assert.equal(path, '/v1/chat/completions');
  assert.equal(headers.authorization, 'Bearer sesame');
  const { model, messages, temperature, max_tokens: maxTokens, stream } = JSON.parse(body);
  assert.deepEqual([model, messages, temperature, maxTokens, stream], ['small', asks, 0.5, 20, true]);
});

test('an event may be cut anywhere on its way', async () => {
  const bytes = Buffer.from(streamOf('Günaydın', ' 🙂').join(''));
  server.answer = async (response) => {
    for (const byte of bytes) {
      response.write(Buffer.of(byte));
      if (byte === 10) await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };
  const sequence = await (await open()).open();
  assert.equal((await sequence.generate(asks, options())).text, 'Günaydın 🙂');
});

test('a call of a tool comes in pieces and is put together; its result goes back as the API wants it', async () => {
  const piece = (more: object) => chunk({ tool_calls: [{ index: 0, ...more }] });
  server.answer = (response) =>
    send(response, [
      piece({ id: 'c7', function: { name: 'balance', arguments: '' } }),
      piece({ function: { arguments: '{"customer"' } }),
      piece({ function: { arguments: ':"12"}' } }),
      chunk({}, 'tool_calls'),
      'data: [DONE]\n\n',
    ]);
  const tools = [{ name: 'balance', description: 'of an account', parameters: { type: 'object' } }];
  const sequence = await (await open()).open();
  const { stop, call } = await sequence.generate(asks, options({ tools }));
  assert.equal(stop, 'tool');
  assert.deepEqual(call, { id: 'c7', name: 'balance', arguments: { customer: '12' } });
  server.answer = (response) => send(response, streamOf('Ten.'));
  const result: ChatMessage = { role: 'tool', content: '10', call: call ?? { id: '', name: '', arguments: {} } };
  await sequence.generate([...asks, result], options({ tools, callable: [] }));
  const body = JSON.parse(server.asked.at(-1)?.body ?? '{}');
  assert.equal(body.tool_choice, 'none');
  assert.deepEqual(body.messages.at(-1), { role: 'tool', tool_call_id: 'c7', content: '10' });
  assert.equal(body.messages.at(-2).tool_calls[0].function.arguments, '{"customer":"12"}');
});

const tools = ['balance', 'hang_up'].map((name) => ({ name, description: name, parameters: { type: 'object' } }));
const written: [string, string[], string[] | undefined, string, string | undefined][] = [
  ['a call that forgot its marks', ['{"name": "balance", ', '"arguments": {}}'], undefined, '', 'balance'],
  ['words before it', ['Bye.\n', '<tool', '_call>{"name": "hang_up"}</tool_call>'], undefined, 'Bye.\n', 'hang_up'],
  ['a tool that there is not', ['{"name": "weather", "arguments": {}}'], undefined, '', 'weather'],
  ['one that may not be called now', ['{"name": "balance", "arguments": {}}'], ['hang_up'], '', undefined],
  ['one where none may be', ['{"name": "weather", "arguments": {}}'], [], '', undefined],
  ['braces of another kind', ['Less than <', '5 or {six}.'], undefined, 'Less than <5 or {six}.', undefined],
];
for (const [what, texts, callable, said, called] of written)
  test(`written as text, ${what}: nobody hears a call`, async () => {
    server.answer = (response) => send(response, streamOf(...texts));
    const sequence = await (await open()).open();
    const heard: string[] = [];
    const more = { tools, ...(callable && { callable }), onText: (text: string) => void heard.push(text) };
    const { text, call } = await sequence.generate(asks, options(more));
    assert.deepEqual([text, heard.join(''), call?.name], [said, said, called]);
  });

test('an abort closes the connection and keeps what had come', async () => {
  const before = server.brokenOff;
  server.answer = (response) => void response.write(chunk({ content: 'Once' }));
  const abort = new AbortController();
  const sequence = await (await open()).open();
  const generation = await sequence.generate(asks, options({ signal: abort.signal, onText: () => abort.abort() }));
  assert.deepEqual([generation.text, generation.stop], ['Once', 'abort']);
  while (server.brokenOff === before) await new Promise((resolve) => setImmediate(resolve));
});

test('a server that is overloaded is asked again, one that refuses is not', async () => {
  let times = 0;
  server.answer = (response) => (times++ === 0 ? refuse(response, 503, 'busy') : send(response, streamOf('Yes.')));
  const sequence = await (await open()).open();
  assert.equal((await sequence.generate(asks, options())).text, 'Yes.');
  times = 0;
  server.answer = (response) => {
    times++;
    refuse(response, 401, 'bad key');
  };
  await assert.rejects(sequence.generate(asks, options()), { code: 'ENGINE_FAILED', message: /401: bad key/ });
  assert.equal(times, 1);
});

test('a stream that breaks off before its first word is asked for again; after it, it is an error', async () => {
  let times = 0;
  server.answer = (response) => {
    times++;
    response.writeHead(200);
    response.write(times === 1 ? ': hello\n\n' : chunk({ content: 'Half' }));
    setImmediate(() => response.destroy());
  };
  const sequence = await (await open()).open();
  await assert.rejects(sequence.generate(asks, options()), { code: 'ENGINE_FAILED' });
  assert.equal(times, 2);
});

test('while the remote engine does not answer, another does, and is not made to wait for it', async () => {
  server.answer = (response) => refuse(response, 400, 'no such model');
  const told: unknown[] = [];
  const second = await openScriptedLlm({ answer: 'I am here.' });
  const engine = new FallbackLlm(await open(), second, (reason) => void told.push(reason));
  const sequence = await engine.open();
  const before = server.asked.length;
  assert.equal((await sequence.generate(asks, options())).text, 'I am here.');
  assert.equal((await sequence.generate(asks, options())).text, 'I am here.');
  assert.equal(server.asked.length, before + 1, 'the second time nobody asked the first');
  assert.equal(told.length, 1);
  await sequence.close();
  assert.equal(engine.openSequences, 0);
});
