/** A web server of a few pages on loopback: another origin than the server under test, as an application's is. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface PageServer {
  origin: string;
  close(): void;
}

/** Serves HTML by path, and scripts where the path ends with `.js`. */
export async function servePages(pages: Readonly<Record<string, string>>): Promise<PageServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    // A browser asks for the icon by itself.
    const page = path === '/favicon.ico' ? '' : pages[path];
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.writeHead(page === undefined ? 404 : 200, { 'Content-Type': `${type}; charset=utf-8` });
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${port}`, close };
}

type Build = (options: object) => Promise<{ output: { code?: string }[] }[]>;

/** A script and what it imports as one, by the bundler that the dashboard is built with. */
export async function bundled(entry: string): Promise<string> {
  const load = createRequire(fileURLToPath(new URL('../../../web/package.json', import.meta.url)));
  const { build } = (await import(pathToFileURL(load.resolve('vite')).href)) as { build: Build };
  const lib = { entry, formats: ['es'], fileName: 'page' };
  const [result] = await build({ configFile: false, logLevel: 'error', build: { lib, write: false, minify: false } });
  const code = result?.output[0]?.code;
  if (code === undefined) throw new Error(`${entry} gave no script`);
  return code;
}
