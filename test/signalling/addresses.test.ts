import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Addresses } from '../../src/signalling/addresses.js';

describe('a list of addresses', () => {
  const list = new Addresses(['192.0.2.1', '10.0.0.0/8', '2001:db8::/32', '::1']);
  const rows: [ip: string, has: boolean][] = [
    ['192.0.2.1', true],
    ['192.0.2.2', false],
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['2001:db8:1::5', true],
    ['2001:db9::1', false],
    ['::1', true],
    ['nonsense', false],
    ['', false],
  ];
  for (const [ip, has] of rows) test(`${ip} is ${has ? '' : 'not '}in it`, () => assert.equal(list.has(ip), has));
});
