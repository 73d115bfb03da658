/** Streams cut in every possible way give the same messages. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Framer } from '../../../src/signalling/sip/framing.js';

const message = (body: string, length: number | string = Buffer.byteLength(body), name = 'Content-Length') =>
  `OPTIONS sip:a SIP/2.0\r\nVia: x\r\n${name}: ${length}\r\n\r\n${body}`;

/** Kinds and lengths of what a stream holds, when it comes in chunks of `size` octets. */
function frames(stream: string, size = stream.length): (string | number)[] {
  const framer = new Framer();
  const bytes = Buffer.from(stream);
  const found: (string | number)[] = [];
  for (let at = 0; at < bytes.length; at += size)
    for (const frame of framer.push(bytes.subarray(at, at + size)))
      found.push(frame.kind === 'ping' ? 'ping' : frame.bytes.length);
  return found;
}

describe('frames of a stream', () => {
  const one = message('');
  const two = message('é\r\n\r\nv=0');
  const size = (text: string) => Buffer.byteLength(text);
  const rows: [name: string, stream: string, expected: (string | number)[]][] = [
    ['one', one, [size(one)]],
    ['two, the second with an empty line in its body', one + two, [size(one), size(two)]],
    ['a compact name', message('abc', 3, 'l'), [size(message('abc', 3, 'l'))]],
    ['blanks around the number', message('abc', ' 3 '), [size(message('abc', ' 3 '))]],
    ['pings between', `\r\n\r\n${one}\r\n\r\n\r\n\r\n${two}`, ['ping', size(one), 'ping', 'ping', size(two)]],
    ['an answer to a ping', `\r\n${one}`, [size(one)]],
    ['a message that is not whole', one + two.slice(0, -1), [size(one)]],
  ];
  for (const [name, stream, expected] of rows)
    test(name, () => {
      for (let chunk = 1; chunk <= stream.length; chunk++) assert.deepEqual(frames(stream, chunk), expected);
    });

  test('it is known whether a message has begun', () => {
    const framer = new Framer();
    assert.equal(framer.partial, false);
    framer.push(Buffer.from('\r\n'));
    assert.equal(framer.partial, false, 'half a ping is no message');
    framer.push(Buffer.from(one.slice(0, 5)));
    assert.equal(framer.partial, true);
    framer.push(Buffer.from(one.slice(5)));
    assert.equal(framer.partial, false);
  });

  const broken: [name: string, stream: string][] = [
    ['no Content-Length', 'OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\n'],
    ['a length that is no number', message('', 'x')],
    ['a negative length', message('', -1)],
    ['a length beyond the limit', message('', 1_000_000)],
    ['headers without an end', 'x'.repeat(20_000)],
    ['CR without LF', '\rx'],
  ];
  for (const [name, stream] of broken) test(name, () => assert.throws(() => frames(stream), { code: 'SIP_MALFORMED' }));
});
