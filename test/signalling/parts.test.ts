/** The small parts that both kinds of leg use. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { destinationUri } from '../../src/signalling/destination.js';
import { infoDigit } from '../../src/signalling/dtmf.js';
import { Referral } from '../../src/signalling/referral.js';
import { sdpOf } from '../../src/signalling/sdp-body.js';

describe('a destination', () => {
  const rows: [destination: string, uri: string][] = [
    ['sip:agent@host:5099;transport=udp', 'sip:agent@host:5099;transport=udp'],
    ['agent@host', 'sip:agent@host'],
    ['+90 (212) 555 01 00', 'sip:+902125550100@example.org'],
    ['agent', 'sip:agent@example.org'],
    ['tel:+15550100', 'tel:+15550100'],
  ];
  for (const [destination, uri] of rows)
    test(destination, () => assert.equal(destinationUri(destination, 'example.org'), uri));
  for (const wrong of ['', ' ', '@host', 'a@', 'http://a', 'sip:', 'sip:a@b\r\nX: y', 'a>@b', 'a b@c', 'tel:x'])
    test(`none: ${JSON.stringify(wrong)}`, () =>
      assert.throws(() => destinationUri(wrong, 'example.org'), { code: 'NOT_SUPPORTED' }));
});

describe('digits by INFO', () => {
  const relay = 'application/dtmf-relay';
  const rows: [type: string, body: string, digit: string | undefined, durationMs?: number][] = [
    [relay, 'Signal=5\r\nDuration=160\r\n', '5', 160],
    [relay, 'Signal= *\nDuration= 250', '*', 250],
    [relay, 'signal=a', 'A', 160],
    [relay, 'Signal=11', '#', 160],
    ['application/dtmf', '#', '#', 160],
    ['application/dtmf', '12', 'A', 160],
    [relay, 'Signal=x', undefined],
    [relay, '', undefined],
    ['text/plain', '5', undefined],
  ];
  for (const [type, body, digit, durationMs] of rows)
    test(`${type} ${JSON.stringify(body)}`, () =>
      assert.deepEqual(infoDigit(type, body), digit === undefined ? undefined : { digit, durationMs }));
});

describe('the SDP in a body', () => {
  const part = 'Content-Type: application/sdp\r\n\r\nv=0\r\n';
  const rows: [name: string, type: string, body: string, sdp: string | undefined][] = [
    ['plain', 'application/sdp', 'v=0\r\n', 'v=0\r\n'],
    ['none', '', '', ''],
    [
      'a part',
      'multipart/mixed;boundary=b1',
      `--b1\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b1\r\n${part}\r\n--b1--`,
      'v=0\r\n\r\n',
    ],
    ['a quoted boundary', 'multipart/mixed; boundary="b 1"', `--b 1\r\n${part}--b 1--`, 'v=0\r\n'],
    ['something else', 'text/plain', 'hi', undefined],
    ['parts without a boundary', 'multipart/mixed', part, undefined],
  ];
  for (const [name, type, body, sdp] of rows) test(name, () => assert.equal(sdpOf(type, body), sdp));
});

describe('a referral', () => {
  const accepted = (referral: Referral) => referral.answered(202, 'Accepted', 1000);
  const rows: [name: string, steps: ((referral: Referral) => void)[], success: boolean | undefined, status?: number][] =
    [
      ['under way', [accepted, (r) => r.notified('SIP/2.0 100 Trying', 'active')], undefined],
      ['done', [accepted, (r) => r.notified('SIP/2.0 200 OK', 'terminated')], true, 200],
      ['done, though reported active', [accepted, (r) => r.notified('SIP/2.0 200 OK', 'active')], true, 200],
      ['failed', [accepted, (r) => r.notified('SIP/2.0 486 Busy Here', 'terminated')], false, 486],
      ['refused', [(r) => r.answered(603, 'Decline', 1000)], false, 603],
      ['report ended early', [accepted, (r) => r.notified('SIP/2.0 180 Ringing', 'terminated')], false, 180],
      ['NOTIFY before the 202', [(r) => r.notified('SIP/2.0 200 OK', 'terminated'), accepted], true, 200],
      ['gone with BYE', [accepted, (r) => r.ended()], true, 202],
      ['gone without an answer', [(r) => r.ended()], false, 0],
      ['no report', [accepted, (r) => r.late()], false, 408],
      ['no answer', [(r) => r.late()], false, 408],
      ['rubbish in NOTIFY', [accepted, (r) => r.notified('hello', 'active')], undefined],
    ];
  for (const [name, steps, success, status] of rows)
    test(name, () => {
      const referral = new Referral(0);
      for (const step of steps) step(referral);
      assert.equal(referral.outcome?.success, success);
      if (status !== undefined) assert.equal(referral.outcome?.status, status);
    });

  test('times', () => {
    const referral = new Referral(0);
    assert.equal(referral.dueMs, 33_000);
    accepted(referral);
    assert.equal(referral.dueMs, 61_000);
    referral.late();
    assert.equal(referral.dueMs, Number.POSITIVE_INFINITY);
  });
});
