/** A media server under the load of many callers, each a process of its own; CPU is read from /proc. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Absent, type Contender, isAbsent, type Metrics, type Outcome, type TrialOptions } from '../bench.js';
import { programPath } from '../native/programs.js';
import { loadPeer } from '../peers.js';
import { cpuSecondsOf } from '../process.js';
import { Program } from '../program.js';

const firstLocalPort = 30000;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const node = (file: string, calls: number, ...more: string[]): string[] => [
  process.execPath,
  here(file),
  `${calls}`,
  `${firstLocalPort}`,
  ...more,
];

/** How each contender is started. */
const commands: Record<string, (calls: number) => string[]> = {
  ours: (calls) => node('./our-server.js', calls),
  'ours by hop': (calls) => node('./our-server.js', calls, 'hops'),
  'C++ echo': (calls) => [programPath('engine_echo'), `${calls}`, `${firstLocalPort}`],
  'projectrtp echo': (calls) => node('./projectrtp-server.js', calls, 'echo'),
  'projectrtp stream': (calls) => node('./projectrtp-server.js', calls, 'stream'),
  rtpengine: (calls) => node('./rtpengine-server.js', calls),
  'wake per packet': (calls) => node('./wake-server.js', calls),
};

/** What a server says when it is ready; `pid` where the work is done by another process. */
interface Started {
  ports: number[];
  pid?: number;
}

export interface Traffic {
  /** Counts for `seconds` and returns what the callers saw, with the server's CPU in percent of a core a call. */
  window(seconds: number): Promise<Metrics>;
  /** Stops the whole server for a while, as a debugger or a swapping host would. */
  stall(ms: number): Promise<void>;
  /** What a server that keeps account of its own tells for the window. */
  report(): Promise<Metrics>;
}

export interface LoadOptions {
  /** Until the traffic is steady. */
  settleMs?: number;
  /** The server has one core, and the callers another. */
  oneCore?: boolean;
  /** The callers go before every other program, so that what is late is the server. */
  urgentCallers?: boolean;
}

const onCore = (core: number, command: string[]): string[] => ['taskset', '-c', `${core}`, ...command];

/** Runs `measure` while `calls` callers talk to the server of the contender; gives everything back. */
export async function underLoad<Result>(
  contender: string,
  calls: number,
  measure: (traffic: Traffic) => Promise<Result>,
  { settleMs = 3000, oneCore = false, urgentCallers = false }: LoadOptions = {},
): Promise<Result> {
  const command = commands[contender]?.(calls);
  if (!command) throw new Error(`expected one of ${Object.keys(commands).join(', ')}, got ${contender}`);
  const callers = [programPath('engine_load'), `${calls}`, `${firstLocalPort}`, urgentCallers ? 'realtime' : 'patient'];
  const load = new Program(oneCore ? onCore(0, callers) : callers);
  const server = new Program(oneCore ? onCore(1, command) : command);
  try {
    await load.line((line) => line === 'ready');
    const said = JSON.parse(await server.line((line) => line.startsWith('{"ports"'))) as Started;
    const pid = said.pid ?? server.child.pid ?? 0;
    load.tell(`ports ${said.ports.join(' ')}`);
    await sleep(settleMs);
    return await measure({
      async window(seconds) {
        load.tell('window');
        server.tell('window');
        const cpuBefore = cpuSecondsOf(pid);
        await sleep(seconds * 1000);
        const cpu = cpuSecondsOf(pid) - cpuBefore;
        load.tell('report');
        return { 'cpu % a call': (100 * cpu) / seconds / calls, ...(JSON.parse(await load.line()) as Metrics) };
      },
      async stall(ms) {
        process.kill(pid, 'SIGSTOP');
        await sleep(ms);
        process.kill(pid, 'SIGCONT');
      },
      async report() {
        server.tell('report');
        return JSON.parse(await server.line()) as Metrics;
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

/** Why a server cannot run here; undefined when it can. */
function missing(name: string): Absent | undefined {
  if (name.startsWith('projectrtp')) {
    const peer = loadPeer('@babblevoice/projectrtp') as Outcome;
    return isAbsent(peer) ? peer : undefined;
  }
  const isHere = name !== 'rtpengine' || spawnSync('rtpengine', ['--version']).error === undefined;
  return isHere ? undefined : { absent: 'rtpengine is not installed (bench/README.md)' };
}

/** Those that keep the grid of 20 ms by themselves. */
export const pacers = ['ours', 'C++ echo', 'projectrtp echo', 'projectrtp stream'];

/** One contender for each server; `measure` is told which. */
export const servers = (
  measure: (contender: string, options: TrialOptions) => Promise<Outcome>,
  which: string[] = pacers,
): Contender[] => which.map((name) => ({ name, run: async (options) => missing(name) ?? measure(name, options) }));
