/**
 * The peer of the wake-up bench: wake-server.js CALLS. A native thread calls a thread-safe function of a worker for each
 * packet of each call, and the worker does with it what ours does with a frame. Obeys "window" and "report".
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { programPath } from '../native/programs.js';
import { Times } from './hop-record.js';

interface PerPacket {
  start(calls: number, callback: (call: number, stampNs: number) => void): void;
}

const frameSamples = 320;

function hearInWorker(calls: number): void {
  const times = new Times();
  const frames = Array.from({ length: calls }, () => new Int16Array(frameSamples));
  const heard = new Int16Array(frameSamples);
  const line = new Int16Array(frameSamples / 2);
  const peer = createRequire(import.meta.url)(programPath('wake_per_packet.node')) as PerPacket;
  peer.start(calls, (call, stampNs) => {
    times.add(process.hrtime.bigint() - BigInt(stampNs));
    heard.set(frames[call] ?? heard);
    for (let i = 0; i < line.length; i++) line[i] = heard[2 * i] ?? 0;
  });
  parentPort?.on('message', (message: string) => {
    if (message === 'window') times.clear();
    else
      parentPort?.postMessage({
        'playout to speech worker p50 us': times.at(0.5) / 1e3,
        'playout to speech worker p99 us': times.at(0.99) / 1e3,
      });
  });
}

function serve(): void {
  const worker = new Worker(new URL(import.meta.url), { workerData: Number(process.argv[2]) });
  worker.on('message', (report: object) => process.stdout.write(`${JSON.stringify(report)}\n`));
  createInterface({ input: process.stdin })
    .on('line', (line) => worker.postMessage(line))
    .on('close', () => process.exit(0));
  process.stdout.write(`${JSON.stringify({ ports: [] })}\n`);
}

if (isMainThread) serve();
else hearInWorker(Number(workerData));
