/** A media server under the load of many callers, each a process of its own; CPU is read from /proc. */
import { fileURLToPath } from 'node:url';
import { type Contender, isAbsent, type Metrics, type Outcome, type TrialOptions } from '../bench.js';
import { programPath } from '../native/programs.js';
import { loadPeer } from '../peers.js';
import { Program } from '../program.js';

const firstLocalPort = 30000;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** How each contender is started; calls and the first remote port follow. */
const commands: Record<string, (calls: number) => string[]> = {
  ours: (calls) => [process.execPath, here('./our-server.js'), `${calls}`, `${firstLocalPort}`],
  'C++ echo': (calls) => [programPath('engine_echo'), `${calls}`, `${firstLocalPort}`],
  'projectrtp echo': (calls) => [
    process.execPath,
    here('./projectrtp-server.js'),
    `${calls}`,
    `${firstLocalPort}`,
    'echo',
  ],
  'projectrtp stream': (calls) => [
    process.execPath,
    here('./projectrtp-server.js'),
    `${calls}`,
    `${firstLocalPort}`,
    'stream',
  ],
};

export interface Traffic {
  /** Counts for `seconds` and returns what the callers saw, with the server's CPU in percent of a core a call. */
  window(seconds: number): Promise<Metrics>;
  /** Stops the whole server for a while, as a debugger or a swapping host would. */
  stall(ms: number): Promise<void>;
}

/** Runs `measure` while `calls` callers talk to the server of the contender; gives everything back. */
export async function underLoad(
  contender: string,
  calls: number,
  measure: (traffic: Traffic) => Promise<Metrics>,
): Promise<Metrics> {
  const command = commands[contender]?.(calls);
  if (!command) throw new Error(`expected one of ${Object.keys(commands).join(', ')}, got ${contender}`);
  const load = new Program([programPath('engine_load'), `${calls}`, `${firstLocalPort}`]);
  const server = new Program(command);
  try {
    await load.line((line) => line === 'ready');
    const { ports } = JSON.parse(await server.line((line) => line.startsWith('{"ports"'))) as { ports: number[] };
    load.tell(`ports ${ports.join(' ')}`);
    await sleep(3000);
    return await measure({
      async window(seconds) {
        load.tell('window');
        const cpuBefore = server.cpuSeconds();
        await sleep(seconds * 1000);
        const cpu = server.cpuSeconds() - cpuBefore;
        load.tell('report');
        return { 'cpu % a call': (100 * cpu) / seconds / calls, ...(JSON.parse(await load.line()) as Metrics) };
      },
      async stall(ms) {
        server.child.kill('SIGSTOP');
        await sleep(ms);
        server.child.kill('SIGCONT');
      },
    });
  } finally {
    await Promise.all([load.end(), server.end()]);
  }
}

/** Throws unless the callers heard themselves, and nobody else. */
export function expectOwnAudio(metrics: Metrics, calls: number, seconds: number): void {
  const heard = metrics['bursts heard'] ?? 0;
  const wrong = metrics['wrong sounds'] ?? 0;
  if (heard < calls * (seconds - 1) * 0.9)
    throw new Error(`expected about ${calls * seconds} bursts back, got ${heard}`);
  if (wrong > calls * seconds * 0.02) throw new Error(`expected every call to hear its own sound, got ${wrong} others`);
}

const names = Object.keys(commands);

/** One contender for each server; `measure` is told which. */
export const servers = (
  measure: (contender: string, options: TrialOptions) => Promise<Outcome>,
  which: string[] = names,
): Contender[] =>
  which.map((name) => ({
    name,
    run: async (options) => {
      const peer = name.startsWith('projectrtp') ? (loadPeer('@babblevoice/projectrtp') as Outcome) : {};
      return isAbsent(peer) ? peer : measure(name, options);
    },
  }));

export const rtpengineAbsent: Contender = {
  name: 'rtpengine',
  run: async () => ({ absent: 'not driven by this suite yet: its NG control protocol has no client here' }),
};
