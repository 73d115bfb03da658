/** A server with OpenAI's chat completions that says what a test tells it, chunk by chunk. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';

export interface Asked {
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface TestServer {
  url: string;
  asked: Asked[];
  /** What it does with the next requests. */
  answer: (response: ServerResponse, asked: Asked) => void | Promise<void>;
  /** Connections that the other side closed before the answer was over. */
  brokenOff: number;
}

/** Is closed when the tests of the file are over. */
export async function httpServer(): Promise<TestServer> {
  const test: TestServer = { url: '', asked: [], answer: (response) => void response.end(), brokenOff: 0 };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString('latin1') };
    test.asked.push(asked);
    response.on('close', () => {
      if (!response.writableFinished) test.brokenOff++;
    });
    await test.answer(response, asked);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  test.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return test;
}

/** One event of the stream. */
export const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

/** Text as a stream of chunks, its end and its count of tokens. */
export const streamOf = (...texts: string[]): string[] => [
  ...texts.map((content) => chunk({ content })),
  chunk({}, 'stop'),
  `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 12, completion_tokens: texts.length } })}\n\n`,
  'data: [DONE]\n\n',
];

export function send(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(event);
  response.end();
}

export function refuse(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.end(text);
}
