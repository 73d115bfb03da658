/** The dashboard's files: read once at the start, and held in memory. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Reply, text } from './reply.js';

/** Where `npm run build` of `web/` puts them; from `dist/src/server`. */
export const dashboardFolder = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What the page may do: load from, and talk to, the address it came from; nobody may frame it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Replies by path, `/` for the page itself; empty where nothing was built. */
export function readPages(folder: string): ReadonlyMap<string, Reply> {
  const files = filesBelow(folder).filter((file) => extname(file) in types);
  return new Map(files.map((file) => [pathOfFile(relative(folder, file)), page(file)]));
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

const pathOfFile = (name: string): string => (name === 'index.html' ? '/' : `/${name.split(sep).join('/')}`);

/** Names of assets hold a digest of their content: they may be kept for good. */
function page(file: string): Reply {
  const asset = file.includes(`${sep}assets${sep}`);
  return {
    ...text(200, readFileSync(file, 'utf8'), types[extname(file)]),
    headers: {
      'Cache-Control': asset ? 'public, max-age=31536000, immutable' : 'no-cache',
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
    },
  };
}
