import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SerialQueue } from '../../src/engines/serial-queue.js';

/** A job that ends when the test says so. */
function gate(): { job: () => Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { job: () => opened, open };
}

describe('a serial queue', () => {
  test('runs one at a time, in order, also after one that fails', async () => {
    const queue = new SerialQueue('test', 10);
    const log: string[] = [];
    const job = (name: string) => async (): Promise<string> => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (name === 'b') throw new Error('b failed');
      return name;
    };
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => queue.run(job(name))));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('refuses more than its limit, and takes more when there is room', async () => {
    const queue = new SerialQueue('test', 2);
    const first = gate();
    const running = [queue.run(first.job), queue.run(async () => {}), queue.run(async () => {})];
    await assert.rejects(
      queue.run(async () => {}),
      /2 jobs are waiting already/,
    );
    first.open();
    await Promise.all(running);
    await queue.run(async () => {});
  });

  test('a close waits for what runs and refuses what waits and what comes', async () => {
    const queue = new SerialQueue('test', 2);
    const first = gate();
    let ended = false;
    const running = queue.run(first.job).then(() => {
      ended = true;
    });
    const waiting = assert.rejects(
      queue.run(async () => {}),
      { code: 'ENGINE_FAILED' },
    );
    const closed = queue.close().then(() => ended);
    await waiting;
    await assert.rejects(
      queue.run(async () => {}),
      { code: 'ENGINE_FAILED' },
    );
    first.open();
    assert.equal(await closed, true);
    await running;
  });
});
