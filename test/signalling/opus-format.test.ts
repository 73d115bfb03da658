import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OpusFormat, readOpusFormat, writeOpusFormat } from '../../src/signalling/opus-format.js';

const nothing: OpusFormat = { fec: false, dtx: false, constantBitrate: false, maxBitrate: undefined };

const rows: [fmtp: string, expected: Partial<OpusFormat>][] = [
  ['', {}],
  ['useinbandfec=1', { fec: true }],
  ['useinbandfec=0', {}],
  ['minptime=10; UseInbandFec=1 ;usedtx=1', { fec: true, dtx: true }],
  ['maxaveragebitrate=16000;cbr=1', { maxBitrate: 16_000, constantBitrate: true }],
  ['maxaveragebitrate=12', {}],
  ['maxaveragebitrate=much;=;;usedtx', {}],
];
for (const [fmtp, expected] of rows)
  test(`"${fmtp}"`, () => assert.deepEqual(readOpusFormat(fmtp), { ...nothing, ...expected }));

test('what we write we read', () => {
  for (const fec of [true, false])
    for (const dtx of [true, false])
      assert.deepEqual(readOpusFormat(writeOpusFormat({ fec, dtx })), { ...nothing, fec, dtx });
});
