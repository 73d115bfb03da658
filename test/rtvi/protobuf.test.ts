import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OavcError } from '../../src/errors.js';
import { decodeFrame, encodeMessageFrame } from '../../src/rtvi/protobuf.js';
import { seeded } from '../observer/events.js';

test('a MessageFrame of {} is the six bytes of the reference', () => {
  assert.equal(Buffer.from(encodeMessageFrame('{}')).toString('hex'), '22040a027b7d');
  assert.deepEqual(decodeFrame(Buffer.from('22040a027b7d', 'hex')), { kind: 'message', text: '{}' });
});

test('texts of any length and script come back', () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 300_000]) {
    const text = 'ğ'.repeat(length);
    assert.deepEqual(decodeFrame(encodeMessageFrame(text)), { kind: 'message', text });
  }
});

const frames: [what: string, hex: string, kind: string][] = [
  ['nothing', '', 'empty'],
  ['audio with rate and channels', '12091a02010220803e2801', 'audio'],
  ['text', '0a031a0161', 'text'],
  ['transcription', '1a00', 'transcription'],
  ['interruption', '2a00', 'interruption'],
  [
    'a message behind an unknown varint, fixed64 and fixed32',
    '38ac02410000000000000000450000000022040a027b7d',
    'message',
  ],
];
for (const [what, hex, kind] of frames)
  test(`a frame with ${what}`, () => assert.equal(decodeFrame(Buffer.from(hex, 'hex')).kind, kind));

for (const [what, hex] of [
  ['a length beyond the end', '22ff0a'],
  ['an endless varint', 'ffffffffffffffffffffff'],
  ['a group', '0b'],
  ['bytes that are no UTF-8', '22030a01ff'],
  ['a message that is a number', '2001'],
])
  test(`${what} is refused`, () => {
    assert.throws(
      () => decodeFrame(Buffer.from(hex ?? '', 'hex')),
      (thrown) => thrown instanceof OavcError,
    );
  });

test('rubbish is a frame or an error of ours, never anything else', () => {
  const random = seeded(3);
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from({ length: Math.floor(random() * 24) }, () => Math.floor(random() * 256));
    try {
      decodeFrame(bytes);
    } catch (thrown) {
      assert.ok(thrown instanceof OavcError, `${Buffer.from(bytes).toString('hex')}: ${thrown}`);
    }
  }
});
