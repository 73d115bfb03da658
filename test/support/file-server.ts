/** A web server of one file on loopback, with ranges and entity tags, that can break off in the middle. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FileServer {
  url: string;
  /** The Range header of each request; undefined for a whole one. */
  readonly ranges: (string | undefined)[];
  /** Changes what is served from now on. */
  serve(content: Buffer): void;
  /** The next answer ends after so many bytes. */
  breakAfter(bytes: number): void;
  close(): void;
}

export async function startFileServer(content: Buffer): Promise<FileServer> {
  const state = { content, version: 1, breakAfter: Number.POSITIVE_INFINITY };
  const ranges: (string | undefined)[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const etag = `"v${state.version}"`;
    const range = request.headers['if-range'] === etag ? request.headers.range : undefined;
    ranges.push(request.headers.range);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const body = state.content.subarray(from);
    response.writeHead(range === undefined ? 200 : 206, { etag, 'content-length': body.length });
    response.write(body.subarray(0, state.breakAfter), () =>
      state.breakAfter < body.length ? response.destroy() : response.end(),
    );
  };
  const server = createServer((request, response) => {
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/model.bin`,
    ranges,
    serve: (fresh) => {
      state.content = fresh;
      state.version++;
      state.breakAfter = Number.POSITIVE_INFINITY;
    },
    breakAfter: (bytes) => {
      state.breakAfter = bytes;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
