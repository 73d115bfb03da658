import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeWav, encodeWav, mono } from '../../src/engines/wav.js';

const left = Int16Array.of(1, -2, 32767, -32768);
const right = Int16Array.of(5, 6, 7, 8);

test('what is written can be read', () => {
  for (const channels of [[left], [left, right]])
    assert.deepEqual(decodeWav(encodeWav({ rateHz: 16000, channels }), 'x'), { rateHz: 16000, channels });
});

test('the header is the one that other programs expect', () => {
  const file = encodeWav({ rateHz: 8000, channels: [left, right] });
  assert.equal(file.length, 44 + 16);
  assert.equal(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16), 'RIFFWAVEfmt ');
  assert.deepEqual([file.readUInt32LE(4), file.readUInt32LE(28), file.readUInt16LE(32)], [52, 32000, 4]);
});

/** A format chunk, an odd-sized chunk of somebody's, then data. */
function withForeignChunk(format: Buffer, data: Buffer): Buffer {
  const chunk = (name: string, body: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(name);
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    chunk('LIST', Buffer.from('odd')),
    chunk('data', data),
  ]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

test('foreign chunks are skipped, padding included; the extensible form is understood', () => {
  const plain = encodeWav({ rateHz: 8000, channels: [left] });
  const format = Buffer.alloc(40);
  plain.copy(format, 0, 20, 36);
  format.writeUInt16LE(0xfffe, 0);
  format.writeUInt16LE(1, 24);
  const file = withForeignChunk(format, plain.subarray(44));
  assert.deepEqual(decodeWav(file, 'x').channels, [left]);
});

test('a data length that a stream never filled in means: to the end', () => {
  const file = encodeWav({ rateHz: 8000, channels: [left] });
  file.writeUInt32LE(0xffffffff, 40);
  assert.deepEqual(decodeWav(file, 'x').channels, [left]);
});

describe('what cannot be played is refused by name', () => {
  const eightBit = encodeWav({ rateHz: 8000, channels: [left] });
  eightBit.writeUInt16LE(8, 34);
  const noChannel = encodeWav({ rateHz: 8000, channels: [left] });
  noChannel.writeUInt16LE(0, 22);
  const rows: [string, Buffer, RegExp][] = [
    ['empty', Buffer.alloc(0), /song\.wav is not possible here: it is no RIFF/],
    ['text', Buffer.from('hello, this is not a sound'), /no RIFF/],
    ['eight bits', eightBit, /expected 16-bit PCM, got format 1 with 8 bits/],
    ['no channel', noChannel, /0 channels/],
    ['header only', encodeWav({ rateHz: 1, channels: [] }).subarray(0, 20), /no RIFF/],
  ];
  for (const [name, file, message] of rows) test(name, () => assert.throws(() => decodeWav(file, 'song.wav'), message));
});

test('mono is the mean of the channels', () => {
  assert.deepEqual(
    mono({ rateHz: 8000, channels: [Int16Array.of(10, -10), Int16Array.of(20, 10)] }),
    Int16Array.of(15, 0),
  );
});
