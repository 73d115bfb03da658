/** Calls through the real server for a while: what the callers heard, what the server told, what it took. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withSipLine } from '../../src/caller/sip-line.js';
import type { EventLine } from '../../src/cli/event-lines.js';
import { monotonicNs } from '../../src/clock.js';
import { loadConfig } from '../../src/config/load.js';
import type { Metrics } from '../bench.js';
import { programPath } from '../native/programs.js';
import { cpuSecondsOf, residentKib } from '../process.js';
import { Program } from '../program.js';
import { type Point, slopeOf } from '../slope.js';
import { SoakCalls } from './soak-calls.js';
import { SoakEvents } from './soak-events.js';
import { mediaMetrics, readMedia, tellingMedia } from './soak-media.js';
import { startSoakServer } from './soak-server.js';
import type { SoakWords } from './soak-words.js';

const firstLocalPort = 30000;
/** The beginning, while caches fill, says nothing about leaks. */
const warmUpShare = 0.25;

const tellEvery = 30;

/** Minutes and KiB, a sample a second; `tell` is called now and then with the newest. */
function watchMemory(pid: number, tell: (point: Point) => void): { points: Point[]; stop: () => void } {
  const points: Point[] = [];
  const beganNs = monotonicNs();
  const sample = (): void => {
    const point: Point = [Number(monotonicNs() - beganNs) / 60e9, residentKib(pid)];
    if (points.push(point) % tellEvery === 0) tell(point);
  };
  const timer = setInterval(sample, 1000);
  return { points, stop: () => clearInterval(timer) };
}

function memoryMetrics(points: readonly Point[]): Metrics {
  const settled = points.slice(Math.floor(points.length * warmUpShare));
  const { slope, error } = slopeOf(settled);
  return {
    'memory after the warm-up MiB': (settled[0]?.[1] ?? 0) / 1024,
    'memory at the end MiB': (settled.at(-1)?.[1] ?? 0) / 1024,
    'memory slope KiB a minute': slope,
    'memory slope, standard error': error,
    'memory slope beyond two errors KiB a minute': Math.max(0, slope - 2 * error),
  };
}

/** Without it other programs look like the host. */
export const hostKnown = 'watch of the host at real-time priority, 1 is yes';

const heardMetrics = (heard: Metrics, calls: number): Metrics => ({
  'packets heard': heard.packets ?? 0,
  'packets missing': heard.missing ?? 0,
  'packets over 5 ms late': heard.late ?? 0,
  'late, not by the host': (heard.late ?? 0) - (heard.lateByHost ?? 0),
  'pacing p99 us': (heard.pacingP99Us ?? 0) / calls,
  'latest packet ms': heard.latestMs ?? 0,
  'stalls of the host over 0.5 ms': heard.hostStalls ?? 0,
  [hostKnown]: heard.hostKnown ?? 0,
  'answers due': heard.said ?? 0,
  'answers missed': heard.unanswered ?? 0,
  'sounds that nobody asked for': heard.unasked ?? 0,
  'own tenths of seconds': heard.ownBlocks ?? 0,
  'tenths of seconds of others': heard.foreignBlocks ?? 0,
  'longest wait for an answer ms': heard.waitMaxMs ?? 0,
});

const progress = (
  [minutes, kib]: Point,
  { made, cut, heard }: SoakCalls,
  { strange, errors, live }: SoakEvents,
): string =>
  [
    `soak: ${minutes.toFixed(1)} min, ${(kib / 1024).toFixed(0)} MiB, ${live} calls live, ${made} over, ${cut} cut`,
    `${heard.late ?? 0} packets late (${heard.lateByHost ?? 0} by the host), ${heard.missing ?? 0} missing`,
    `${heard.unanswered ?? 0} answers missed, ${heard.foreignBlocks ?? 0} foreign sounds, ${strange} strange, ${errors} errors`,
  ].join('; ');

export interface SoakOptions {
  minutes: number;
  words: SoakWords;
  rtvi: boolean;
}

/** A signal ends the soak before its time; what was seen until then counts. */
async function untilOverOrSignal(soak: SoakCalls): Promise<void> {
  const stop = (): void => soak.stop();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  await soak.run();
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
}

type OnLine = (line: EventLine, rtviPort: number) => void;

/** `onLine` also gets the port of RTVI, 0 where it is off. */
export async function soakThrough(options: SoakOptions, onLine: OnLine = () => undefined): Promise<Metrics> {
  const { folder } = options.words;
  const mediaFile = join(folder, 'media.json');
  try {
    const seen = await soakServed(options, mediaFile, onLine);
    return { ...seen, ...mediaMetrics(readMedia(mediaFile)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From the server's start to its end. */
async function soakServed({ minutes, words, rtvi }: SoakOptions, mediaFile: string, onLine: OnLine): Promise<Metrics> {
  const { file, utterances } = words;
  const calls = utterances.length;
  const events = new SoakEvents(utterances.map(({ speechMs }) => speechMs));
  let rtviPort = 0;
  const take = (line: EventLine): void => {
    events.take(line);
    onLine(line, rtviPort);
  };
  const { server, listening } = await tellingMedia(mediaFile, () => startSoakServer({ calls, rtvi }, take));
  rtviPort = listening.rtvi?.port ?? 0;
  const callers = new Program([programPath('engine_soak'), `${calls}`, `${firstLocalPort}`, file]);
  const commandLine = [{ key: 'rtp.codecs', text: 'PCMU', origin: 'bench' }];
  const { config } = loadConfig({ env: {}, file: undefined, commandLine });
  try {
    await callers.line((line) => line === 'ready');
    const cpuBefore = cpuSecondsOf(server.pid);
    const beganNs = monotonicNs();
    const plan = {
      sipPort: listening.sip?.port ?? 0,
      firstLocalPort,
      untilNs: monotonicNs() + BigInt(Math.round(minutes * 60e9)),
      samples: utterances.map(({ samples }) => samples),
    };
    const { soak, points } = await withSipLine(config, async (signalling) => {
      const soak = new SoakCalls(config, signalling, callers, plan);
      const memory = watchMemory(server.pid, (point) => process.stderr.write(`${progress(point, soak, events)}\n`));
      await untilOverOrSignal(soak);
      memory.stop();
      return { soak, points: memory.points };
    });
    const cpu = cpuSecondsOf(server.pid) - cpuBefore;
    const lasted = Number(monotonicNs() - beganNs) / 60e9;
    for (const cause of [soak.cause, events.cause]) if (cause !== '') process.stderr.write(`soak: ${cause}\n`);
    return {
      minutes: lasted,
      'calls at once': calls,
      'calls made': soak.made,
      'calls cut': soak.cut,
      'cpu % of the server': (100 * cpu) / (lasted * 60),
      ...heardMetrics(soak.heard, soak.made),
      'utterances heard': events.utterances,
      'utterances of another length': events.strange,
      errors: events.errors,
      ...memoryMetrics(points),
    };
  } finally {
    await Promise.all([callers.end(), server.stop()]);
  }
}
