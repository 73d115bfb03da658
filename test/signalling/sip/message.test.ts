import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OavcError } from '../../../src/errors.js';
import { cseqOf, header, parameter, parseHeaders, topVia, uriOf } from '../../../src/signalling/sip/headers.js';
import { checkSound, parseSip, writeResponse } from '../../../src/signalling/sip/message.js';
import { isLoose, parseUri } from '../../../src/signalling/sip/uri.js';
import { mutations, seeded } from '../../support/rubbish.js';

const invite = [
  'INVITE sip:bot@127.0.0.1 SIP/2.0',
  'v: SIP / 2.0 / UDP 192.0.2.1 : 5062 ; branch=z9hG4bK1;rport, SIP/2.0/UDP proxy.example.org',
  'Record-Route: <sip:a;lr>,',
  ' <sip:b,c;lr>',
  'f: "Doe, \\"J\\" <x>" <sip:jane@example.org>;tag=ab',
  't:<sip:bot@127.0.0.1>',
  'i: 1@192.0.2.1',
  'CSeq: 1   INVITE',
  'm: <sip:jane@192.0.2.1:5062>',
  'c: application/sdp',
  'l: 3',
  '',
  'v=0',
].join('\r\n');
const parsed = (text: string) => parseSip(Buffer.from(text));

describe('a request', () => {
  const message = parsed(invite);

  test('compact names, folding and lists', () => {
    assert.equal(message.kind === 'request' && message.method, 'INVITE');
    assert.deepEqual(message.headers['record-route'], ['<sip:a;lr>', '<sip:b,c;lr>']);
    assert.equal(message.headers.via?.length, 2);
    assert.deepEqual(topVia(message), {
      transport: 'UDP',
      host: '192.0.2.1',
      port: 5062,
      branch: 'z9hG4bK1',
      rport: true,
    });
    assert.deepEqual(cseqOf(message), { number: 1, method: 'INVITE' });
    assert.equal(uriOf(header(message, 'from')), 'sip:jane@example.org');
    assert.equal(parameter(header(message, 'from'), 'tag'), 'ab');
    checkSound(message);
  });

  const bodies: [name: string, length: string, body: string, kept: string, sound: boolean][] = [
    ['shorter than the datagram', '2', 'v=0', 'v=', true],
    ['longer than the datagram', '9', 'v=0', 'v=0', false],
    ['counted in octets', '4', 'é=0', 'é=0', true],
    ['no number', 'x', 'v=0', 'v=0', false],
    ['negative', '-1', 'v=0', 'v=0', false],
  ];
  for (const [name, length, body, kept, sound] of bodies)
    test(`Content-Length ${name}`, () => {
      const message = parsed(invite.replace('l: 3', `l: ${length}`).replace(/v=0$/, body));
      assert.equal(message.body, kept);
      if (sound) checkSound(message);
      else assert.throws(() => checkSound(message), { code: 'SIP_MALFORMED' });
    });

  test('without Content-Length the body is the rest', () =>
    assert.equal(parsed(invite.replace('l: 3\r\n', '')).body, 'v=0'));

  test('octets that are no UTF-8 do not move the end of the body', () => {
    const head = Buffer.from(invite.replace('l: 3', 'l: 4').replace(/v=0$/, ''));
    const message = parseSip(Buffer.concat([head, Buffer.from([0xff, 0xfe, 0x61, 0x62, 0x63])]));
    assert.ok(message.body.endsWith('ab'));
  });
});

describe('what is no message', () => {
  const rows = [
    '',
    'hello',
    'INVITE sip:a SIP/3.0\r\n\r\n',
    'SIP/2.0 99 Low\r\n\r\n',
    'INVITE  sip:a SIP/2.0\r\n\r\n',
    'A b SIP/2.0\r\nno colon\r\n\r\n',
    `A b SIP/2.0\r\n${'x: y\r\n'.repeat(200)}\r\n`,
    'A'.repeat(20_000),
  ];
  for (const text of rows)
    test(JSON.stringify(text.slice(0, 40)), () => assert.throws(() => parsed(text), { code: 'SIP_MALFORMED' }));

  for (const missing of ['v', 'f', 't', 'i', 'CSeq'])
    test(`without ${missing}`, () => {
      const message = parsed(invite.replace(new RegExp(`^${missing}:.*\r\n`, 'm'), ''));
      assert.throws(() => checkSound(message), { code: 'SIP_MALFORMED' });
    });
});

describe('URIs', () => {
  const rows: [uri: string, expected: ReturnType<typeof parseUri>][] = [
    ['sip:bot@192.0.2.1:5070;lr', { user: 'bot', host: '192.0.2.1', port: 5070, portWritten: true, parameters: ';lr' }],
    ['SIP:host', { user: '', host: 'host', port: 5060, portWritten: false, parameters: '' }],
    ['sip:a%20b:secret@host', { user: 'a b', host: 'host', port: 5060, portWritten: false, parameters: '' }],
    ['sip:a@[2001:db8::1]:5080', { user: 'a', host: '2001:db8::1', port: 5080, portWritten: true, parameters: '' }],
    ['tel:+1', undefined],
    ['sip:a@b:0', undefined],
    ['sip:a@b:99999', undefined],
    ['sip:a@b\r\nX: y', undefined],
    ['sip:', undefined],
  ];
  for (const [uri, expected] of rows) test(JSON.stringify(uri), () => assert.deepEqual(parseUri(uri), expected));

  test('loose routes', () => {
    const loose = (uri: string) => isLoose(parseUri(uri) ?? assert.fail(uri));
    assert.deepEqual(['sip:p;lr', 'sip:p;x=1;lr=on', 'sip:p;lrx', 'sip:p'].map(loose), [true, true, false, false]);
  });
});

test('header parameters', () => {
  const value = '"a;tag=no" <sip:a;tag=inner>;x=1;TAG = t1;flag;q="a;b"';
  assert.equal(parameter(value, 'tag'), 't1');
  assert.equal(parameter(value, 'flag'), '');
  assert.equal(parameter(value, 'absent'), undefined);
});

test('a header named like something of Object is only a header', () => {
  const headers = parseHeaders('__proto__: x\r\nconstructor: y');
  assert.deepEqual([headers.constructor as unknown, headers.toString], [['y'], undefined]);
});

test('a response repeats what it must', () => {
  const request = parsed(invite);
  assert.ok(request.kind === 'request');
  const response = parsed(writeResponse(request, 180, 'Ringing', { toTag: 'mine' }));
  assert.equal(parameter(header(response, 'to'), 'tag'), 'mine');
  for (const name of ['via', 'record-route', 'from', 'call-id', 'cseq'])
    assert.deepEqual(response.headers[name], request.headers[name], name);
});

test('rubbish throws nothing but SIP_MALFORMED', () => {
  let sound = 0;
  for (const bytes of mutations(Buffer.from(invite), 8000, seeded(3))) {
    try {
      const message = parseSip(bytes);
      checkSound(message);
      sound++;
      assert.ok(topVia(message));
      uriOf(header(message, 'contact'));
      if (message.kind === 'request') {
        parseUri(message.uri);
        parseSip(Buffer.from(writeResponse(message, 400, 'Bad Request', { toTag: 'x' })));
      }
    } catch (thrown) {
      if (!(thrown instanceof OavcError && thrown.code === 'SIP_MALFORMED')) throw thrown;
    }
  }
  assert.ok(sound > 500, `${sound} were sound`);
});
