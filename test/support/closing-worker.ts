/** A worker that closes its call, and ends before it can see that the media thread has let go of it. */
import { workerData } from 'node:worker_threads';
import { CallMedia, type MediaOptions } from '../../src/media/session.js';

void CallMedia.open(workerData as MediaOptions).close();
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
process.exit();
