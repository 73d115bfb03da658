/** The server of the bench: `oavc serve` in a process of its own, with engines as slow as real ones, and what it told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLine } from '../../src/cli/event-lines.js';
import { ServerProcess } from '../../src/demo/server-process.js';
import { recogniserTexts, wordMs } from './script.js';

/** Milliseconds that the scripted engines take: those of a good GPU server. */
export const delays = { firstTokenMs: 150, tokenMs: 20, firstMs: 80 };
const answer =
  'Certainly, I can tell you all about that. We are here from Monday to Friday, from nine in the morning until six in the evening.';

export type Settings = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

export const scriptedEngines: Settings = {
  stt: { engine: 'scripted', model: recogniserTexts },
  llm: {
    engine: 'scripted',
    model: `firstTokenMs=${delays.firstTokenMs};tokenMs=${delays.tokenMs};answer=${answer}`,
    sequences: 64,
  },
  tts: { engine: 'scripted', voice: `firstMs=${delays.firstMs};characterMs=${wordMs / 4}` },
};

export interface BenchServer {
  uri: string;
  lines: readonly EventLine[];
  stop(): Promise<void>;
}

export async function startServer(settings: Settings): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'oavc-bench-'));
  const file = join(folder, 'oavc.ini');
  writeFileSync(file, iniOf({ sip: { port: 0 }, log: { level: 'error' }, ...settings }));
  const lines: EventLine[] = [];
  const { server, listening } = await ServerProcess.start(file, (line) => void lines.push(line));
  return {
    uri: `sip:bench@127.0.0.1:${listening.sip?.port ?? 0}`,
    lines,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

const iniOf = (settings: Settings): string =>
  Object.entries(settings)
    .map(([section, options]) => {
      const rows = Object.entries(options).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
      return [`[${section}]`, ...rows, ''].join('\n');
    })
    .join('\n');
