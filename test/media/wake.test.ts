/** How the media thread wakes a worker: late workers, failing ones, and such as are gone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { loadAddon } from '../../src/media/addon.js';
import { connected, hears, runMedia, until } from '../support/two-ends.js';

runMedia();

const mostWakes = 64;

interface Wakeable {
  worker: Worker;
  wake: number;
  words: Int32Array;
}

async function wakeable(fails = false): Promise<Wakeable> {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('../support/wakeable.js', import.meta.url), { workerData: { words, fails } });
  const [wake] = (await once(worker, 'message')) as [number];
  return { worker, wake, words };
}

describe('a wake', () => {
  test('a worker that is held up holds nobody else up, and is then called once', { timeout: 20_000 }, () =>
    connected('PCMU', {}, async (here, there) => {
      const { worker, wake, words } = await wakeable();
      words[1] = 1;
      here.setWake(wake);
      await until(() => Atomics.load(words, 0) === 1);
      await hears(there, 50);
      assert.equal(Atomics.load(words, 0), 1);
      words[1] = 0;
      Atomics.notify(words, 1);
      await hears(there, 10);
      assert.ok(Atomics.load(words, 0) < 30, `50 ticks waited, and became ${Atomics.load(words, 0)} calls`);
      await worker.terminate();
    }),
  );

  test('an exception at a wake is an uncaught one of its worker', { timeout: 20_000 }, () =>
    connected('PCMU', {}, async (here, there) => {
      const { worker, wake } = await wakeable(true);
      const failed = once(worker, 'error') as Promise<[Error]>;
      here.setWake(wake);
      assert.match((await failed)[0].message, /thrown at a wake/);
      await hears(there, 10);
    }),
  );

  test('workers that end while they are woken give their places back', { timeout: 60_000 }, () =>
    connected('PCMU', {}, async (here, there) => {
      for (let round = 0; round <= mostWakes; round++) {
        const { worker, wake, words } = await wakeable();
        here.setWake(wake);
        await until(() => Atomics.load(words, 0) > 0);
        if (round % 2 === 1) worker.postMessage('close');
        await hears(there, 1);
        await worker.terminate();
      }
      await hears(there, 10);
    }),
  );

  test('there are only so many; a closed one makes room and is not called any more', { timeout: 20_000 }, async () => {
    const { openWake, closeWake } = loadAddon();
    for (let round = 0; round < 3; round++) {
      const wakes = Array.from({ length: mostWakes }, () => openWake(() => undefined));
      assert.equal(new Set(wakes.map((wake) => wake % mostWakes)).size, mostWakes);
      assert.throws(() => openWake(() => undefined), /too many wakes are open/);
      wakes.forEach(closeWake);
    }
    closeWake(0);
  });

  test('one without a function takes no place', { timeout: 20_000 }, () => {
    const { openWake, closeWake } = loadAddon();
    const nothing = undefined as unknown as () => void;
    for (let round = 0; round <= mostWakes; round++) assert.throws(() => openWake(nothing));
    closeWake(openWake(() => undefined));
  });
});
