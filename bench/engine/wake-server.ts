/**
 * The peer of the wake-up bench: wake-server.js CALLS FIRST_REMOTE_PORT. The media of our sessions, but a thread-safe
 * function of the worker is called for each packet of each call; the worker answers that call. Obeys "window" and
 * "report".
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { allocateRings } from '../../src/media/sample-ring.js';
import { programPath } from '../native/programs.js';
import { EchoCall } from './echo-call.js';
import { HopRecord } from './hop-record.js';

/** Views of a call's rings; they must live as long as the process. */
type RingViews = [heard: Uint8Array, spoken: Uint8Array];

interface PerPacket {
  /** Returns the ports. */
  start(firstRemotePort: number, rings: RingViews[], callback: (call: number) => void): number[];
}

function echoInWorker([calls, firstRemotePort]: [number, number]): void {
  const record = new HopRecord();
  const rings = Array.from({ length: calls }, allocateRings);
  const echoes = rings.map((ring) => new EchoCall(ring));
  const peer = createRequire(import.meta.url)(programPath('wake_per_packet.node')) as PerPacket;
  const views = rings.map(({ heard, spoken }): RingViews => [new Uint8Array(heard), new Uint8Array(spoken)]);
  const ports = peer.start(firstRemotePort, views, (call) => echoes[call]?.answer(record));
  parentPort?.on('message', (message: string) => {
    if (message === 'window') record.clear();
    else parentPort?.postMessage(record.read());
  });
  parentPort?.postMessage({ ports });
}

function serve(): void {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv.slice(2).map(Number) });
  worker.on('message', (report: object) => process.stdout.write(`${JSON.stringify(report)}\n`));
  createInterface({ input: process.stdin })
    .on('line', (line) => worker.postMessage(line))
    .on('close', () => process.exit(0));
}

if (isMainThread) serve();
else echoInWorker(workerData as [number, number]);
