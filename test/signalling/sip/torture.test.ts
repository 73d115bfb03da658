/**
 * Messages that are strange but sound must be served, and unsound ones refused or dropped, without harm to anything
 * else (the ideas are those of RFC 4475; the messages are our own).
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newCall } from '../../support/sip-peer.js';
import { legs, peer, running, sdp, server, timeout } from './scene.js';

let serial = 0;

interface Parts {
  first?: string;
  /** Lines that stand in place of the usual ones; '' leaves one out. */
  via?: string;
  from?: string;
  to?: string;
  callId?: string;
  cseq?: string;
  more?: string[];
  length?: string;
  body?: string;
  before?: string;
}

/** A request; what is not given is as a plain telephone has it. */
function message(parts: Parts = {}): string {
  const { body = '', more = [], before = '' } = parts;
  serial++;
  const lines = [
    parts.first ?? `OPTIONS sip:bot@127.0.0.1:${peer.serverPort} SIP/2.0`,
    parts.via ?? `Via: SIP/2.0/UDP 127.0.0.1:${peer.port};branch=z9hG4bKt${serial};rport`,
    parts.from ?? 'From: <sip:alice@example.org>;tag=a1',
    parts.to ?? 'To: <sip:bot@example.org>',
    parts.callId ?? `Call-ID: torture-${serial}`,
    parts.cseq ?? 'CSeq: 7 OPTIONS',
    ...more,
    parts.length ?? `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${before}${lines.filter((line) => line !== '').join('\r\n')}\r\n\r\n${body}`;
}

const uri = () => `sip:bot@127.0.0.1:${peer.serverPort}`;
const via = (more: string) => `SIP/2.0/UDP 127.0.0.1:${peer.port};branch=z9hG4bKt${serial}${more}`;

describe('strange but sound', { timeout }, () => {
  const rows: [name: string, parts: () => Parts, status: number][] = [
    [
      'cases, folds and blanks',
      () => ({
        via: `vIa  : SIP  /   2.0\r\n /UDP\r\n\t127.0.0.1:${peer.port};\r\n branch\t=\tz9hG4bKt${serial}x ;rport`,
        from: 'FROM:\r\n   "J Rosenberg \\\\\\""       <sip:jdrosen@example.org>\r\n  ;\r\n  tag = 98asjd8',
        cseq: 'cseq:\t 7\r\n  OPTIONS',
      }),
      200,
    ],
    [
      'compact names',
      () => ({ from: 'f: <sip:a@b>;tag=1', to: 't: <sip:a@b>', callId: `i: ${serial}`, length: 'l: 0' }),
      200,
    ],
    ['a method of signs', () => ({ first: `!x-0_*+\`.%~' ${uri()} SIP/2.0`, cseq: "CSeq: 7 !x-0_*+`.%~'" }), 405],
    ['an escaped user', () => ({ first: `OPTIONS sip:sips%3Auser%40example.com@127.0.0.1 SIP/2.0` }), 200],
    ['escaped nulls', () => ({ first: 'OPTIONS sip:null-%00-null@127.0.0.1 SIP/2.0' }), 200],
    ['a user with parameters', () => ({ first: 'OPTIONS sip:user;par=u%40example.net@127.0.0.1 SIP/2.0' }), 200],
    ['a bad escape', () => ({ first: 'OPTIONS sip:%zz@127.0.0.1 SIP/2.0' }), 200],
    ['no blank before <', () => ({ from: 'From:caller<sip:caller@example.org>;tag=323' }), 200],
    ['no brackets', () => ({ from: 'From: sip:caller@example.org;tag=323', to: 'To: sip:a@b' }), 200],
    ['names of other alphabets', () => ({ from: 'From: "Çağrı 呼び出し" <sip:a@example.org>;tag=ş' }), 200],
    ['values without end', () => ({ more: [`X-Long: ${'x'.repeat(9000)}`, `Subject: ${'ü'.repeat(500)}`] }), 200],
    ['a hundred unknown headers', () => ({ more: Array.from({ length: 100 }, (_, n) => `X-${n}: ${n}`) }), 200],
    [
      'Vias of other transports',
      () => ({
        more: ['Via: SIP/2.0/SCTP 192.0.2.1;branch=z9hG4bKx, SIP/2.0/TLS-SCTP [2001:db8::9]:5062;branch=z9hG4bKy'],
      }),
      200,
    ],
    [
      'octets behind the body',
      () => ({ length: 'Content-Length: 0', body: 'OPTIONS sip:second SIP/2.0\r\n\r\n' }),
      200,
    ],
    ['empty lines before', () => ({ before: '\r\n\r\n\r\n' }), 200],
    [
      'a scheme of credentials that nobody knows',
      () => ({ more: ['Authorization: NoOneKnows opaque-data=here'] }),
      200,
    ],
    ['no hops left: we are the end', () => ({ more: ['Max-Forwards: 0'] }), 200],
    [
      'an old telephone without branch and tags',
      () => ({ via: `Via: SIP/2.0/UDP 127.0.0.1:${peer.port}`, from: 'From: <sip:a@b>' }),
      200,
    ],
    ['line ends of one octet', () => ({ more: ['X-A: 1\nX-B: 2'] }), 200],
  ];
  for (const [name, parts, status] of rows)
    test(name, async () => {
      peer.sendRaw(message(parts()));
      await peer.response(status);
    });

  test('an INVITE with all of it at once becomes a call', async () => {
    serial++;
    peer.sendRaw(
      message({
        first: `INVITE sip:vivekg@127.0.0.1;unknownparam SIP/2.0`,
        via: `v:  ${via('')} ;\r\n  rport, SIP  / 2.0  / TCP     192.0.2.2 ;branch=  z9hG4bK30239`,
        to: 'TO :\r\n sip:vivekg@example.org ;   unknown1',
        cseq: 'cseq: 0009\r\n  INVITE',
        more: [
          'NewFangledHeader:   newfangled value\r\n continued newfangled value',
          'UnknownHeaderWithUnusualValue: ;;,,;;,;',
          `m:"Quoted string \\"\\"" <sip:jdrosen@127.0.0.1:${peer.port};newparam=newvalue;secondparam>;z=2`,
          'Content-Type: application/sdp;charset=utf-8',
        ],
        body: sdp,
      }),
    );
    const { leg } = await legs.next();
    assert.deepEqual([leg.calledUser, leg.remoteSdp], ['vivekg', sdp]);
    await leg.refuse(486, 'Busy Here');
    await peer.response(486);
  });
});

describe('unsound', { timeout }, () => {
  const rows: [name: string, parts: () => Parts, status: number | 'silence'][] = [
    ['a number beyond all bounds', () => ({ cseq: 'CSeq: 36893488147419103232 OPTIONS' }), 400],
    ['CSeq of another method', () => ({ cseq: 'CSeq: 7 INVITE' }), 400],
    ['a body shorter than it says', () => ({ length: 'Content-Length: 9999' }), 400],
    ['a negative length', () => ({ length: 'Content-Length: -999' }), 400],
    ['two lengths', () => ({ more: ['Content-Length: 4'] }), 400],
    ['two calls in one', () => ({ more: ['Call-ID: other'] }), 400],
    ['two senders', () => ({ more: ['f: <sip:b@c>;tag=2'] }), 400],
    ['two numbers', () => ({ more: ['CSeq: 8 OPTIONS'] }), 400],
    ['no sender', () => ({ from: '' }), 400],
    ['no receiver', () => ({ to: '' }), 400],
    ['no Call-ID', () => ({ callId: '' }), 400],
    ['no Via: nobody to answer to', () => ({ via: '' }), 'silence'],
    ['a Via that is none', () => ({ via: 'Via: ;;,;,,' }), 'silence'],
    ['a Via with a port that is none', () => ({ via: 'Via: SIP/2.0/UDP 127.0.0.1:99999' }), 'silence'],
    ['brackets around the URI', () => ({ first: `OPTIONS <${uri()}> SIP/2.0` }), 416],
    ['a URI that nobody knows', () => ({ first: 'OPTIONS nobodyKnowsThisScheme:totallyopaque SIP/2.0' }), 416],
    ['blanks in the URI', () => ({ first: 'OPTIONS sip:bot@127.0.0.1; lr SIP/2.0' }), 'silence'],
    ['two blanks', () => ({ first: `OPTIONS  ${uri()}  SIP/2.0` }), 'silence'],
    ['another version', () => ({ first: `OPTIONS ${uri()} SIP/7.0` }), 'silence'],
    [
      'extensions that must be known',
      () => ({ more: ['Require: nothingSupportsThis, nothingSupportsThisEither'] }),
      420,
    ],
    ['a header without a name', () => ({ more: [': value'] }), 'silence'],
    ['a name of octets', () => ({ more: ['X\u0000Y: value'] }), 'silence'],
    ['a response with a status beyond all bounds', () => ({ first: 'SIP/2.0 4294967301 better not break' }), 'silence'],
    [
      'a response that nobody asked for',
      () => ({ first: 'SIP/2.0 200 OK', via: 'Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1' }),
      'silence',
    ],
    ['headers without end', () => ({ more: Array.from({ length: 300 }, (_, n) => `X-${n}: ${n}`) }), 'silence'],
  ];
  for (const [name, parts, expected] of rows)
    test(`${name}: ${expected}`, async () => {
      peer.sendRaw(message(parts()));
      if (expected !== 'silence') await peer.response(expected);
      peer.send('INFO', { ...newCall(), toTag: 'nothing' });
      await peer.response(481, 'INFO');
      assert.deepEqual([peer.untaken, legs.waiting], [[], []]);
    });

  test('a running call feels nothing of any', async () => {
    const { probe, call } = await running();
    for (const [, parts] of rows) peer.sendRaw(message(parts()));
    peer.send('BYE', call);
    await peer.response(200, 'BYE');
    assert.equal((await probe.ended.next()).end, 'hangup');
    assert.equal(server.held().legs, 0);
  });
});
