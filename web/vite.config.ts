import { defineConfig } from 'vite';

/** `npm run dev` shows the page while it is written, and reaches a server on its usual port. */
const server = { proxy: { '/rtvi': { target: 'ws://127.0.0.1:8080', ws: true } } };

export default defineConfig({
  server,
  preview: server,
  // Nothing inline: the server's content security policy allows scripts and styles of its own address only.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
