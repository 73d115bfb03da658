/** The JavaScript side of the shared rings: one frame of 640 bytes in and one out. */

import { heardLayout, spokenLayout } from '../../src/media/ring-layout.js';
import { allocateRings, HeardRing, SpokenRing } from '../../src/media/sample-ring.js';
import { type Bench, isAbsent, type Metrics, type Outcome } from '../bench.js';
import { loadPeer } from '../peers.js';
import { timed } from '../timing.js';

const frameSamples = 320;
const batches = 2000;
const perBatch = 200;

interface RingBufferClass {
  new (
    storage: SharedArrayBuffer,
    type: typeof Int16Array,
  ): {
    push(samples: Int16Array): number;
    pop(samples: Int16Array): number;
  };
  getStorageForCapacity(capacity: number, type: typeof Int16Array): SharedArrayBuffer;
}

const frame = Int16Array.from({ length: frameSamples }, (_, i) => i * 7 - 999);

function expectFrame(got: Int16Array): void {
  if (got.some((sample, i) => sample !== frame[i])) throw new Error('expected the frame that went in, got another');
}

/** The other side of each ring is native: here it is a plain store to its index, as the processor does it there. */
async function ours(): Promise<Metrics> {
  const rings = allocateRings();
  const spoken = new SpokenRing(rings.spoken);
  const heard = new HeardRing(rings.heard);
  const spokenRead = new Uint32Array(rings.spoken, spokenLayout.read, 1);
  const heardWrite = new Uint32Array(rings.heard, heardLayout.write, 1);
  new Int16Array(rings.heard, heardLayout.samples, frameSamples).set(frame);
  const out = new Int16Array(frameSamples);
  let position = 0;
  const step = (): void => {
    spoken.write(frame, 0);
    position = (position + frameSamples) >>> 0;
    spokenRead[0] = position;
    heardWrite[0] = position;
    heard.read(out);
  };
  step();
  expectFrame(out);
  expectFrame(new Int16Array(rings.spoken, spokenLayout.samples, frameSamples));
  return timed(step, batches, perBatch);
}

async function ringbuf(): Promise<Outcome> {
  const peer = loadPeer('ringbuf.js') as { RingBuffer: RingBufferClass };
  if (isAbsent(peer as unknown as Outcome)) return peer as unknown as Outcome;
  const ring = new peer.RingBuffer(peer.RingBuffer.getStorageForCapacity(65536, Int16Array), Int16Array);
  const out = new Int16Array(frameSamples);
  const step = (): void => {
    ring.push(frame);
    ring.pop(out);
  };
  step();
  expectFrame(out);
  return timed(step, batches, perBatch);
}

export const sampleRing: Bench = {
  title: 'Ring, JavaScript side, 640 bytes',
  about: 'One frame written and one read by JavaScript. Checked: what comes out is what went in.',
  trials: 5,
  contenders: [
    { name: 'ours', run: ours },
    { name: 'ringbuf.js', run: ringbuf },
  ],
  goals: [{ metric: 'p50 ns', against: 'ringbuf.js', ratio: 0.25 }],
};
