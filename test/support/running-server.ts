/** The whole server in this process, on free ports, with what a test needs to look inside. */
import { loadConfig } from '../../src/config/load.js';
import { openLog } from '../../src/log.js';
import type { CallEvent, CallEventOf, CallEventType } from '../../src/pipeline/events.js';
import { type RunningServer, startServer } from '../../src/serve.js';

export interface TestServer extends RunningServer {
  uri(user: string): string;
  events: CallEvent[];
  /** Resolves with the first event, past or future, that fits. */
  event<T extends CallEventType>(type: T, fits?: (event: CallEventOf<T>) => boolean): Promise<CallEventOf<T>>;
  /** Resolves when nothing is held for any call. */
  idle(): Promise<void>;
}

/** Settings are `section.key` and text, as on the command line. */
export async function runServer(settings: Record<string, string>): Promise<TestServer> {
  const given = { 'sip.port': '0', 'log.level': 'error', 'rtp.realtime': 'false', ...settings };
  const commandLine = Object.entries(given).map(([key, text]) => ({ key, text, origin: 'test' }));
  const { config } = loadConfig({ file: undefined, env: {}, commandLine });
  const server = await startServer(config, openLog('test', 'error'));
  const events: CallEvent[] = [];
  const looks = new Set<() => void>();
  server.tap.subscribe((event) => {
    events.push(event);
    for (const look of looks) look();
  });
  const until = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const check = () => {
        const found = look();
        if (found === undefined) return;
        looks.delete(check);
        resolve(found);
      };
      looks.add(check);
      check();
    });
  return {
    ...server,
    events,
    uri: (user) => `sip:${user}@127.0.0.1:${server.sip?.port ?? 0}`,
    event: (type, fits = () => true) =>
      until(() =>
        events.find(
          (event): event is CallEventOf<typeof type> => event.type === type && fits(event as CallEventOf<typeof type>),
        ),
      ),
    idle: () => untilIdle(server),
  };
}

/** What a call holds, besides transactions, which SIP keeps for half a minute by design. */
function held(server: RunningServer): number {
  const { transactions: _kept, ...counts } = server.held();
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function untilIdle(server: RunningServer): Promise<void> {
  while (held(server) > 0) await new Promise((resolve) => setImmediate(resolve));
}
