/** What an INVITE asks for, and from whom that is heard. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Admission, everybody } from '../../../src/signalling/sip/admission.js';
import { callParameters } from '../../../src/signalling/sip/call-parameters.js';
import { parseHeaders } from '../../../src/signalling/sip/headers.js';
import { newCall } from '../../support/sip-peer.js';
import { legs, peer, sdp, timeout } from './scene.js';

describe('parameters of an INVITE', { timeout }, () => {
  const rows: [uri: string, headers: string, expected: Record<string, string>][] = [
    ['sip:a@b', 'From: x', {}],
    ['sip:a@b;transport=udp;user=phone;agent=bank', '', { agent: 'bank' }],
    ['sip:a@b;greeting=Hello%20you%3B?subject=x', '', { greeting: 'Hello you;' }],
    ['sip:a@b;agent=bank', 'X-OAVC-Agent: sales\nx-oavc-name: Ann Lee', { agent: 'sales', name: 'Ann Lee' }],
    ['sip:a@b;__proto__=x;1=2', 'X-OAVC-: y', {}],
  ];
  for (const [uri, headers, expected] of rows)
    test(`${uri} ${headers}`, () =>
      assert.deepEqual(callParameters({ uri, headers: parseHeaders(headers) }), expected));

  test('come with the call', async () => {
    peer.send('INVITE', newCall(), {
      body: sdp,
      headers: ['X-OAVC-Language: tr'],
      uri: 'sip:bot@127.0.0.1;agent=bank',
    });
    const { leg } = await legs.next();
    assert.deepEqual(leg.parameters, { agent: 'bank', language: 'tr' });
    await leg.refuse(486, 'Busy Here');
    await peer.response(486);
  });

  test('are not taken from those who call through the trunk', () => {
    const trunk = '192.0.2.1';
    const mayWish = (allow: string[], ip: string) =>
      new Admission({ ...everybody, allow }, (address) => address === trunk).mayWish(ip);
    assert.deepEqual(
      [mayWish([], trunk), mayWish([trunk], trunk), mayWish(['10.0.0.1'], '10.0.0.1'), mayWish([], '192.0.2.9')],
      [false, true, true, true],
    );
  });
});
