/** What the user agent refuses, and what it survives. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openLog } from '../../../src/log.js';
import { everybody } from '../../../src/signalling/sip/admission.js';
import { header } from '../../../src/signalling/sip/headers.js';
import { SipServer } from '../../../src/signalling/sip/server.js';
import { type Call, newCall } from '../../support/sip-peer.js';
import { legs, peer, refusedWith, running, sdp, server, timeout } from './scene.js';

describe('what is refused', { timeout }, () => {
  const rows: [name: string, send: (call: Call) => void, status: number, check?: [string, RegExp]][] = [
    ['a method that is not known', (call) => peer.send('PUBLISH', call), 405, ['allow', /INVITE/]],
    [
      'an extension',
      (call) => peer.send('INVITE', call, { headers: ['Require: 100rel, timer'] }),
      420,
      ['unsupported', /100rel/],
    ],
    ['a URI that is not SIP', (call) => peer.send('INVITE', call, { uri: 'tel:+1' }), 416],
    [
      'a body that is not SDP',
      (call) => peer.send('INVITE', call, { contentType: 'text/plain', body: 'hi' }),
      415,
      ['accept', /application\/sdp/],
    ],
    ['BYE of nothing', (call) => peer.send('BYE', call), 481],
    ['CANCEL of nothing', (call) => peer.send('CANCEL', { ...call, cseq: 1 }), 481],
    ['a dialog that is over', (call) => peer.send('INFO', { ...call, toTag: 'gone' }), 481],
    ['a CSeq of another method', (call) => peer.send('INVITE', call, { cseq: '1 BYE' }), 400],
    [
      'a Content-Length that is too long',
      (call) => peer.sendRaw(peer.send('ACK', call).replace(/ACK/g, 'INVITE').replace('Length: 0', 'Length: 99')),
      400,
    ],
  ];
  for (const [name, send, status, check] of rows)
    test(name, async () => {
      send(newCall());
      const response = await peer.response(status);
      if (check) assert.match(header(response, check[0]), check[1]);
      assert.deepEqual(legs.waiting, []);
    });

  test('more calls than there may be', async () => {
    await running();
    await running();
    peer.send('INVITE', newCall(), { body: sdp });
    assert.equal(header(await peer.response(503, 'INVITE'), 'retry-after'), '5');
    peer.send('OPTIONS', newCall());
    await peer.response(503, 'OPTIONS');
  });

  test('the same call on a second way', async () => {
    const call = newCall();
    peer.send('INVITE', call, { body: sdp });
    await legs.next();
    peer.send('INVITE', { ...call, cseq: 0 }, { body: sdp });
    await peer.response(482);
  });

  test('a flood takes bounded memory and leaves running calls alone', async () => {
    const { probe, call } = await running();
    const limit = server.transactions.limit;
    while (server.held().transactions < limit) {
      peer.send('OPTIONS', newCall());
      await peer.response(200, 'OPTIONS');
    }
    peer.send('INVITE', newCall(), { body: sdp });
    assert.equal(header(await peer.response(503), 'retry-after'), '5');
    assert.equal(server.held().transactions, limit);
    peer.send('BYE', call);
    await peer.response(200, 'BYE');
    assert.equal((await probe.ended.next()).end, 'hangup');
  });

  test('rubbish is dropped, and the next call is served', async () => {
    for (const rubbish of [
      '\r\n\r\n',
      'hello',
      'SIP/2.0 200 OK\r\n\r\n',
      'INVITE sip:a SIP/2.0\r\n\r\n',
      '\0'.repeat(500),
    ])
      peer.sendRaw(rubbish);
    await running();
  });
});

test('a port that is taken is LISTEN_FAILED', { timeout }, async () => {
  const other = new SipServer({
    ip: '127.0.0.1',
    port: peer.serverPort,
    maxCalls: 1,
    admission: everybody,
    log: openLog('test', 'silent'),
    userAgent: 'test',
  });
  await assert.rejects(
    other.start(() => undefined),
    refusedWith('LISTEN_FAILED'),
  );
});
