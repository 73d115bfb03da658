/** A worker with a wake of its own, whose id it posts. Shared words: how often it was woken; 1 holds it in the call. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadAddon } from '../../src/media/addon.js';

const { words, fails } = workerData as { words: Int32Array; fails: boolean };

const wake = loadAddon().openWake(() => {
  Atomics.add(words, 0, 1);
  if (fails) throw new Error('thrown at a wake');
  Atomics.wait(words, 1, 1);
});
parentPort?.on('message', () => loadAddon().closeWake(wake));
parentPort?.postMessage(wake);
