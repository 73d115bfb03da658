/**
 * Our media engine as an echo: our-server.js CALLS FIRST_REMOTE_PORT [hops]. One wake for the worker that answers all
 * calls. Prints its ports, runs until its input ends. With `hops` it keeps account of each frame's way, and obeys
 * "window" and "report" as the load does.
 */
import { createInterface } from 'node:readline';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadAddon } from '../../src/media/addon.js';
import type { Rings } from '../../src/media/sample-ring.js';
import { CallMedia } from '../../src/media/session.js';
import type { Metrics } from '../bench.js';
import { EchoCall } from './echo-call.js';
import { HopRecord } from './hop-record.js';

function echoInWorker(record: HopRecord | undefined): void {
  const echoes: EchoCall[] = [];
  const wake = loadAddon().openWake(() => {
    for (const echo of echoes) echo.answer(record);
  });
  parentPort?.on('message', (message: Rings | 'window' | 'report') => {
    if (message === 'window') record?.clear();
    else if (message === 'report') parentPort?.postMessage(record?.read());
    else echoes.push(new EchoCall(message));
  });
  parentPort?.postMessage(wake);
}

/** CPU of the media thread, and of all the rest, in microseconds a frame, since the window was opened. */
class CpuWindow {
  #media = 0;
  #all = 0;
  #packets = 0;

  constructor(readonly medias: CallMedia[]) {}

  #now(): [mediaUs: number, allUs: number, packets: number] {
    const { user, system } = process.cpuUsage();
    const packets = this.medias.reduce((sum, media) => sum + media.stats().packetsSent, 0);
    return [(loadAddon().engineStats().threads[0]?.cpuNs ?? 0) / 1e3, user + system, packets];
  }
  open(): void {
    [this.#media, this.#all, this.#packets] = this.#now();
  }
  read(): Metrics {
    const [media, all, packets] = this.#now();
    const frames = packets - this.#packets;
    const mediaUs = (media - this.#media) / frames;
    return { 'cpu of the media thread us': mediaUs, 'cpu of JavaScript us': (all - this.#all) / frames - mediaUs };
  }
}

function obeyLines(worker: Worker, medias: CallMedia[]): void {
  const cpu = new CpuWindow(medias);
  worker.on('message', (hops: Metrics) => process.stdout.write(`${JSON.stringify({ ...hops, ...cpu.read() })}\n`));
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'window') cpu.open();
    worker.postMessage(line);
  });
}

async function serve(calls: number, firstRemotePort: number, mode: string): Promise<void> {
  loadAddon().startEngine({ realtime: true });
  const worker = new Worker(new URL(import.meta.url), { workerData: mode });
  const wake = await new Promise<number>((resolve) => worker.once('message', resolve));
  const medias = Array.from({ length: calls }, () =>
    CallMedia.open({ bindIp: '127.0.0.1', portMin: 20000, portMax: 29999, wake, jitterMinMs: 10, jitterMaxMs: 400 }),
  );
  for (const [call, media] of medias.entries()) {
    worker.postMessage(media.rings);
    media.start({
      remoteIp: '127.0.0.1',
      remotePort: firstRemotePort + 2 * call,
      codec: 'PCMU',
      payloadType: 0,
      lineRateHz: 8000,
      telephoneEventType: -1,
      telephoneEventClockHz: 0,
      comfortNoiseType: -1,
      ptimeMs: 20,
      direction: 'sendrecv',
    });
  }
  process.stdout.write(`${JSON.stringify({ ports: medias.map(({ rtpPort }) => rtpPort) })}\n`);
  if (mode === 'hops') obeyLines(worker, medias);
  process.stdin.on('end', () => process.exit(0)).resume();
}

if (isMainThread) await serve(Number(process.argv[2]), Number(process.argv[3]), process.argv[4] ?? 'echo');
else echoInWorker(workerData === 'hops' ? new HopRecord() : undefined);
