/** A worker that writes into a spoken ring without end: to be killed. */
import { parentPort, workerData } from 'node:worker_threads';
import { SpokenRing } from '../../src/media/sample-ring.js';

const ring = new SpokenRing(workerData as SharedArrayBuffer);
const samples = new Int16Array(4000).fill(1000);
parentPort?.postMessage('writing');
for (;;) {
  if (ring.write(samples, ring.epoch) === 0) ring.discard();
}
