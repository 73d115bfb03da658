import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { httpRequest } from '../../../src/pipeline/tools/http-tool.js';

interface Asked {
  method: string;
  url: string;
  body: string;
  headers: IncomingMessage['headers'];
}

const asked: Asked[] = [];
let answer = (_request: IncomingMessage, response: ServerResponse): void => void response.end('{}');
let server: Server;
let base = '';
const never = new AbortController().signal;

before(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    asked.push({ method: request.method ?? '', url: request.url ?? '', body, headers: request.headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const request = (more: object) => ({ method: 'POST', url: `${base}/x`, headers: [], retries: 0, ...more });

test('arguments fill path and query, encoded; the others are the body, and secrets come from the environment', async () => {
  answer = (_request, response) => response.end('{"ok": true}');
  const headers: [string, string][] = [['Authorization', 'Bearer $BANK_KEY']];
  const options = request({ url: `${base}/of/{city}?days={days}`, headers });
  const result = await httpRequest(options, { city: 'a/../b?', days: 2, unit: 'C' }, never, { BANK_KEY: 'secret' });
  assert.deepEqual(result, { ok: true });
  const last = asked.at(-1);
  assert.equal(last?.url, '/of/a%2F..%2Fb%3F?days=2');
  assert.equal(last?.body, '{"unit":"C"}');
  assert.equal(last?.headers.authorization, 'Bearer secret');
});

test('a request without a body has its arguments in the query', async () => {
  await httpRequest(request({ method: 'GET' }), { city: 'İzmir', list: [1] }, never);
  assert.equal(asked.at(-1)?.url, `/x?city=${encodeURIComponent('İzmir')}&list=%5B1%5D`);
});

test('an argument cannot climb the path', async () => {
  const before = asked.length;
  await assert.rejects(httpRequest(request({ url: `${base}/of/{city}/x` }), { city: '..' }, never), /cannot be/);
  assert.equal(asked.length, before, 'nothing was sent');
});

test('a server that fails is asked again as often as is allowed, and then the model is told', async () => {
  let failures = 1;
  answer = (_request, response) => {
    response.statusCode = failures-- > 0 ? 503 : 200;
    response.end('"there"');
  };
  assert.equal(await httpRequest(request({ retries: 1 }), {}, never), 'there');
  failures = 2;
  await assert.rejects(httpRequest(request({ retries: 1 }), {}, never), /HTTP status 503: "there"/);
});

test('what is wrong with the request is not tried again', async () => {
  answer = (_request, response) => {
    response.statusCode = 404;
    response.end('no such customer');
  };
  const before = asked.length;
  await assert.rejects(httpRequest(request({ retries: 3 }), {}, never), /HTTP status 404: "no such customer"/);
  assert.equal(asked.length, before + 1);
});

test('a redirect is not followed', async () => {
  answer = (_request, response) => {
    response.writeHead(302, { location: `${base}/elsewhere` });
    response.end();
  };
  await assert.rejects(httpRequest(request({}), {}, never), /redirect/);
  assert.notEqual(asked.at(-1)?.url, '/elsewhere');
});

test('an answer without end is read up to the bound', async () => {
  answer = (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65536)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  assert.equal(String(await httpRequest(request({}), {}, never)).length, 512 * 1024);
});
