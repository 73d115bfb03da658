/** Our media engine as an echo: our-server.js CALLS FIRST_REMOTE_PORT. A worker takes 16 kHz out of every heard ring
 * and puts 8 kHz into the spoken ring. Prints its ports, runs until its input ends. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadAddon } from '../../src/media/addon.js';
import { heardLayout } from '../../src/media/ring-layout.js';
import { HeardRing, type Rings, SpokenRing } from '../../src/media/sample-ring.js';
import { CallMedia } from '../../src/media/session.js';

interface Echo {
  heard: HeardRing;
  spoken: SpokenRing;
}

const lineFrame = heardLayout.frameSamples / 2;

/** The worker: what it hears holds nothing over 4 kHz, so every second sample says it all. */
function echoInWorker(): void {
  const echoes: Echo[] = [];
  const heard = new Int16Array(heardLayout.frameSamples);
  const line = new Int16Array(lineFrame);
  const wake = loadAddon().openWake(() => {
    for (const echo of echoes)
      while (echo.heard.read(heard)) {
        for (let i = 0; i < lineFrame; i++) line[i] = heard[2 * i] ?? 0;
        echo.spoken.write(line, 0);
      }
  });
  parentPort?.on('message', (rings: Rings) => {
    echoes.push({ heard: new HeardRing(rings.heard), spoken: new SpokenRing(rings.spoken) });
  });
  parentPort?.postMessage(wake);
}

async function serve(calls: number, firstRemotePort: number): Promise<void> {
  loadAddon().startEngine({ realtime: true });
  const worker = new Worker(new URL(import.meta.url), { workerData: 'echo' });
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
      ptimeMs: 20,
      direction: 'sendrecv',
    });
  }
  process.stdout.write(`${JSON.stringify({ ports: medias.map(({ rtpPort }) => rtpPort) })}\n`);
  process.stdin.on('end', () => process.exit(0)).resume();
}

if (isMainThread) await serve(Number(process.argv[2]), Number(process.argv[3]));
else if (workerData === 'echo') echoInWorker();
