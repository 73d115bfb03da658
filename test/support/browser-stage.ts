/** A server with scripted engines, pages of another origin that may connect to it, and Chromium to open them. */
import { Chromium } from './chromium.js';
import { servePages } from './page-server.js';
import { runServer, type TestServer } from './running-server.js';

export interface BrowserStage {
  server: TestServer;
  chromium: Chromium;
  /** Of the pages. */
  origin: string;
  /** Where RTVI clients connect to. */
  address: string;
  close(): Promise<void>;
}

export async function openBrowserStage(
  pages: Readonly<Record<string, string>>,
  settings: Record<string, string> = {},
): Promise<BrowserStage> {
  const site = await servePages(pages);
  const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
  const rtvi = { 'rtvi.enabled': 'true', 'rtvi.port': '0', 'rtvi.origins': site.origin };
  const server = await runServer({ ...scripted, ...rtvi, 'turn.silence_ms': '400', ...settings });
  const chromium = await Chromium.open();
  const close = async () => {
    await chromium.close();
    await server.stop();
    site.close();
  };
  return { server, chromium, origin: site.origin, address: `ws://127.0.0.1:${server.rtvi?.port ?? 0}/rtvi`, close };
}
