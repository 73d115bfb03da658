/** What becomes of a call's memory once the call is over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as elapsed } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadAddon } from '../../src/media/addon.js';
import { allocateRings } from '../../src/media/sample-ring.js';
import { listeningCall } from '../support/listening-call.js';
import { runServer } from '../support/running-server.js';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Collects until it is so; that takes some turns of the event loop, and never comes where somebody holds on. */
async function collectUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await elapsed(20);
    collect();
  }
}

/** Well below the half minute for which SIP keeps a transaction (RFC 3261, 17.2.1). */
const timeout = 20_000;

test('nobody holds the rings of a call that is over, whatever signalling remembers', { timeout }, async () => {
  const shared: WeakRef<SharedArrayBuffer>[] = [];
  const Real = globalThis.SharedArrayBuffer;
  globalThis.SharedArrayBuffer = class extends Real {
    constructor(bytes?: number) {
      super(bytes);
      shared.push(new WeakRef(this));
    }
  };
  const scripted = { 'stt.engine': 'scripted', 'llm.engine': 'scripted', 'tts.engine': 'scripted' };
  const server = await runServer(scripted);
  const others = shared.length;
  try {
    await listeningCall(server, 'soon-over', async ({ frames }) => {
      await frames((all) => all.length >= 10);
    });
    await server.idle();
    assert.ok(shared.length > others, 'a call has rings');
    assert.ok((server.held().transactions ?? 0) > 0, 'signalling remembers');
    await collectUntil(() => shared.slice(others).every((ring) => ring.deref() === undefined));
  } finally {
    globalThis.SharedArrayBuffer = Real;
    await server.stop();
  }
});

test('rings go back to the system whole, with longer-lived blocks between them', { timeout: 60_000 }, async () => {
  loadAddon();
  const residentMiB = () => process.memoryUsage.rss() / 2 ** 20;
  const lasting: Buffer[] = [];
  const calls = 300;
  const callsCome = () => {
    for (let call = 0; call < calls; call++) {
      for (const ring of Object.values(allocateRings())) new Uint8Array(ring).fill(1);
      lasting.push(Buffer.alloc(20_000, 1));
    }
    return residentMiB();
  };
  const before = residentMiB();
  // The library of C learns from the first blocks that are freed where it puts the next ones.
  callsCome();
  await collectUntil(() => residentMiB() < before + 60);
  const among = callsCome();
  assert.ok(among > before + 100, 'the rings are there');
  await collectUntil(() => residentMiB() < before + 60);
  assert.equal(lasting.length, 2 * calls);
});
