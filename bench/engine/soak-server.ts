/** The real server of the soak, a process of its own: scripted engines, and an agent with a pitch of its own a call. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'ini';
import type { EventLine } from '../../src/cli/event-lines.js';
import { type ListeningLine, ServerProcess } from '../../src/demo/server-process.js';
import { tonesHz } from '../../src/engines/tts/scripted.js';

/** The pitch of a call's bot; calls share one only when there are more than pitches. */
export const pitchHz = (call: number): number => tonesHz[call % tonesHz.length] ?? 0;

export interface SoakServerOptions {
  calls: number;
  rtvi: boolean;
}

function configText({ calls, rtvi }: SoakServerOptions): string {
  const scripted = { engine: 'scripted' };
  const agent = (call: number) => ({ match: `soak-${call}`, greeting: 'Welcome', voice: `tone-${pitchHz(call)}` });
  const agents = Array.from({ length: calls }, (_, call) => [`agent soak${call}`, agent(call)]);
  return stringify(
    {
      opensips: { enabled: false },
      sip: { enabled: true, ip: '127.0.0.1', port: 0, max_calls: 2 * calls },
      rtvi: { enabled: rtvi, ip: '127.0.0.1', port: 0, max_clients: 200 },
      rtp: { min_port: 40000, max_port: 59999, bind_ip: '127.0.0.1', ip: '127.0.0.1', codecs: 'PCMU' },
      // No pause between two words ends an utterance.
      turn: { silence_ms: 500, pause_ms: 500 },
      stt: scripted,
      llm: { ...scripted, sequences: Math.min(512, 2 * calls) },
      tts: scripted,
      log: { level: 'error' },
      ...Object.fromEntries(agents),
    },
    { whitespace: true },
  );
}

export async function startSoakServer(
  options: SoakServerOptions,
  onLine: (line: EventLine) => void,
): Promise<{ server: ServerProcess; listening: ListeningLine }> {
  const folder = mkdtempSync(join(tmpdir(), 'oavc-soak-'));
  const path = join(folder, 'soak.ini');
  writeFileSync(path, configText(options));
  try {
    return await ServerProcess.start(path, onLine);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
