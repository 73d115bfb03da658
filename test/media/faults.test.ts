/** What goes wrong with one call is an error that says so, and no other call's affair. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { SpokenRing } from '../../src/media/sample-ring.js';
import { CallMedia } from '../../src/media/session.js';
import { connected, hears, runMedia, until } from '../support/two-ends.js';

runMedia();

const options = (portMin: number, portMax: number, bindIp = '127.0.0.1') => ({
  bindIp,
  portMin,
  portMax,
  wake: 0,
  jitterMinMs: 10,
  jitterMaxMs: 200,
});

describe('while a call runs', () => {
  test('ports that are all taken are an error with their range', { timeout: 20_000 }, () =>
    connected('PCMU', {}, async (_here, there) => {
      const first = CallMedia.open(options(33_000, 33_001));
      assert.throws(() => CallMedia.open(options(33_000, 33_001)), {
        code: 'PORTS_EXHAUSTED',
        message: /between 33000 and 33001/,
      });
      await first.close();
      await CallMedia.open(options(33_000, 33_001)).close();
      await hears(there, 10);
    }),
  );

  test("another program's port is passed over", { timeout: 20_000 }, () =>
    connected('PCMU', {}, async (_here, there) => {
      const taken = createSocket('udp4').bind(33_013, '127.0.0.1');
      await once(taken, 'listening');
      const media = CallMedia.open(options(33_012, 33_015));
      assert.equal(media.rtpPort, 33_014, 'RTCP of the first pair is taken');
      await media.close();
      taken.close();
      await hears(there, 10);
    }),
  );

  test('an address that no interface has is an error with its name', { timeout: 20_000 }, () =>
    connected('PCMU', {}, async (_here, there) => {
      for (const ip of ['203.0.113.77', '2001:db8::77'])
        assert.throws(() => CallMedia.open(options(33_000, 33_999, ip)), {
          code: 'MEDIA_ADDRESS',
          message: new RegExp(ip.replaceAll('.', '\\.')),
        });
      await hears(there, 10);
    }),
  );

  test('a peer that cannot be reached costs only its own packets', { timeout: 20_000 }, () =>
    connected('PCMU', {}, async (_here, there) => {
      const lost = CallMedia.open(options(33_000, 33_999));
      lost.start({
        remoteIp: '203.0.113.77', // from a socket on the loopback there is no way there
        remotePort: 9,
        codec: 'PCMU',
        payloadType: 0,
        lineRateHz: 8000,
        telephoneEventType: -1,
        telephoneEventClockHz: 0,
        comfortNoiseType: -1,
        ptimeMs: 20,
        direction: 'sendrecv',
      });
      await until(() => lost.stats().packetsUnsent >= 5);
      await hears(there, 10);
      await lost.close();
    }),
  );

  test('a worker that ends as soon as the media thread has let go of its call harms nobody', { timeout: 60_000 }, () =>
    connected('PCMU', {}, async (_here, there) => {
      const closing = new URL('../support/closing-worker.js', import.meta.url);
      for (let round = 0; round < 10; round++) {
        const worker = new Worker(closing, { workerData: options(33_000, 33_001) });
        const [code] = (await once(worker, 'exit')) as [number];
        assert.equal(code, 0);
      }
      await hears(there, 10);
      await CallMedia.open(options(33_000, 33_001)).close();
    }),
  );

  test('a worker that dies in the middle of a write harms nobody', { timeout: 60_000 }, () =>
    connected('PCMU', {}, async (here, there) => {
      const scribbler = new URL('../support/scribbler.js', import.meta.url);
      for (let round = 0; round < 20; round++) {
        const worker = new Worker(scribbler, { workerData: here.rings.spoken });
        await once(worker, 'message');
        await worker.terminate();
      }
      await hears(there, 10);
      const ring = new SpokenRing(here.rings.spoken);
      ring.discard();
      const end = ring.written;
      assert.equal(ring.write(new Int16Array(160), ring.epoch), 160);
      await until(() => ring.played === (end + 160) >>> 0);
    }),
  );
});
