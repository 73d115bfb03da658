/**
 * Our media engine as an echo: our-server.js CALLS FIRST_REMOTE_PORT [hops]. A worker takes 16 kHz out of every heard
 * ring and puts 8 kHz into the spoken ring. Prints its ports, runs until its input ends. With `hops` it keeps account
 * of each frame's way, and obeys "window" and "report" as the load does.
 */
import { createInterface } from 'node:readline';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadAddon } from '../../src/media/addon.js';
import { heardLayout } from '../../src/media/ring-layout.js';
import { HeardRing, type Rings, SpokenRing } from '../../src/media/sample-ring.js';
import { CallMedia } from '../../src/media/session.js';
import type { Metrics } from '../bench.js';
import { HopRecord, type Marked } from './hop-record.js';

const lineFrame = heardLayout.frameSamples / 2;

/** The worker: what it hears holds nothing over 4 kHz, so every second sample says it all. */
function echoInWorker(record: HopRecord | undefined): void {
  const echoes: Marked[] = [];
  const heard = new Int16Array(heardLayout.frameSamples);
  const line = new Int16Array(lineFrame);
  const wake = loadAddon().openWake(() => {
    for (const echo of echoes)
      while (echo.heard.available() >= heard.length) {
        record?.heard(echo);
        echo.heard.read(heard);
        for (let i = 0; i < lineFrame; i++) line[i] = heard[2 * i] ?? 0;
        record?.speaks(echo);
        echo.spoken.write(line, 0);
      }
  });
  parentPort?.on('message', (message: Rings | 'window' | 'report') => {
    if (message === 'window') record?.clear();
    else if (message === 'report') parentPort?.postMessage(record?.read());
    else {
      const [heard, spoken] = [new HeardRing(message.heard), new SpokenRing(message.spoken)];
      echoes.push({ heard, spoken, markedNs: 0n, sequence: 0 });
    }
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
