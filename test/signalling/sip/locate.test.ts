/** Where URIs lead, as a table, with a name service of our own. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { locate, type Names } from '../../../src/signalling/sip/locate.js';
import { parseUri } from '../../../src/signalling/sip/uri.js';

const names: Names = {
  srv: async (name) => {
    if (name === '_sip._udp.example.org')
      return [
        { name: 'backup.example.org', port: 5070, priority: 20, weight: 1 },
        { name: 'light.example.org', port: 5071, priority: 10, weight: 1 },
        { name: 'heavy.example.org', port: 5072, priority: 10, weight: 5 },
      ];
    if (name === '_sip._tcp.example.org') return [{ name: 'tcp.example.org', port: 5080, priority: 1, weight: 1 }];
    throw new Error('ENOTFOUND');
  },
  address: async (host) => {
    if (host.endsWith('.invalid')) throw new Error('ENOTFOUND');
    return `address of ${host}`;
  },
};

describe('a URI leads to', () => {
  const rows: [uri: string, transport: string, ip: string, port: number][] = [
    ['sip:a@192.0.2.1', 'UDP', '192.0.2.1', 5060],
    ['sip:a@[2001:db8::1]:5070;transport=tcp', 'TCP', '2001:db8::1', 5070],
    ['sip:a@example.org', 'UDP', 'address of heavy.example.org', 5072],
    ['sip:a@example.org;transport=tcp', 'TCP', 'address of tcp.example.org', 5080],
    ['sip:a@example.org:5090', 'UDP', 'address of example.org', 5090],
    ['sip:a@other.org', 'UDP', 'address of other.org', 5060],
    ['sip:a@localhost', 'UDP', 'address of localhost', 5060],
  ];
  for (const [uri, transport, ip, port] of rows)
    test(uri, async () =>
      assert.deepEqual(await locate(parseUri(uri) ?? assert.fail(uri), 4, names), { transport, ip, port }),
    );

  test('nowhere', () =>
    assert.rejects(locate(parseUri('sip:a@no.invalid') ?? assert.fail(), 4, names), { code: 'NOT_SUPPORTED' }));
});
