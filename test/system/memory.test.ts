/** What becomes of a call's memory once the call is over. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as elapsed } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { spokenLayout } from '../../src/media/ring-layout.js';
import { listeningCall } from '../support/listening-call.js';
import { runServer, type TestServer } from '../support/running-server.js';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Well below the half minute for which SIP keeps a transaction (RFC 3261, 17.2.1). */
const timeout = 20_000;
const Real = globalThis.SharedArrayBuffer;
/** All that was allocated, the rings of the calling telephone first. */
let shared: WeakRef<SharedArrayBuffer>[];
let server: TestServer;

beforeEach(async () => {
  server = await runServer({ 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' });
  shared = [];
  globalThis.SharedArrayBuffer = class extends Real {
    constructor(bytes?: number) {
      super(bytes);
      shared.push(new WeakRef(this));
    }
  };
});
afterEach(async () => {
  globalThis.SharedArrayBuffer = Real;
  await server.stop();
});

const greeted = (frames: readonly Int16Array[]) => frames.some((frame) => frame.some((sample) => sample !== 0));
/** Octets that are not zero, behind the header of a ring that is spoken. */
const traces = (memory: SharedArrayBuffer) =>
  new Uint8Array(memory, spokenLayout.samples).reduce((count, octet) => count + Number(octet !== 0), 0);

async function callAndHangUp(meanwhile: () => void = () => undefined): Promise<void> {
  await listeningCall(server, 'soon-over', async ({ frames }) => {
    await frames(greeted);
    meanwhile();
  });
  await server.idle();
}

test('the main thread holds no ring of a call that is over, whatever signalling remembers', { timeout }, async () => {
  await callAndHangUp();
  assert.ok(shared.length > 0 && (server.held().transactions ?? 0) > 0, 'there were rings, and signalling remembers');
  while (shared.some((ring) => ring.deref())) {
    await elapsed(20);
    collect();
  }
});

test('nothing that was said stays in the rings, whoever still holds them', { timeout }, async () => {
  const rings: SharedArrayBuffer[] = [];
  await callAndHangUp(() => {
    rings.push(...shared.slice(shared.length / 2).flatMap((ring) => ring.deref() ?? []));
    assert.ok(rings.some((ring) => traces(ring) > 0));
  });
  assert.deepEqual(rings.map(traces), [0, 0, 0]);
});
