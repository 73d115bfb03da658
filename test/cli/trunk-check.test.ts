/** `oavc check` asks a trunk whether it knows us: a registrar on a real socket, which says what a row wants. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trunkChecks } from '../../src/cli/trunk-check.js';
import { loadConfig } from '../../src/config/load.js';
import { header } from '../../src/signalling/sip/headers.js';
import { SipPeer } from '../support/sip-peer.js';

const checksFor = (settings: Record<string, string>) => {
  const commandLine = Object.entries(settings).map(([key, text]) => ({ key, text, origin: 'test' }));
  return trunkChecks(loadConfig({ file: undefined, env: {}, commandLine }).config);
};

describe('the trunk', { timeout: 20_000 }, () => {
  test('is not asked where there is none', () => assert.deepEqual(checksFor({}), []));

  const rows: [register: string, method: string, status: number, wrong: RegExp | undefined][] = [
    ['true', 'REGISTER', 200, undefined],
    ['true', 'REGISTER', 403, /REGISTER was refused with 403/],
    ['false', 'OPTIONS', 200, undefined],
    ['false', 'OPTIONS', 404, undefined],
  ];
  for (const [register, method, status, wrong] of rows)
    test(`${method} answered ${status} is ${wrong ? 'wrong' : 'right'}`, async () => {
      const trunk = await SipPeer.open(0);
      const host = `127.0.0.1:${trunk.port}`;
      const [check] = checksFor({ 'trunk.host': host, 'trunk.user': 'bot', 'trunk.register': register });
      const found = check?.look();
      const request = await trunk.request(method);
      assert.equal(header(request, 'contact'), '', 'nothing is registered');
      trunk.answer(request, status, 'As it is');
      const said = await found;
      if (wrong) assert.match(said ?? '', wrong);
      else assert.equal(said, undefined);
      trunk.close();
    });
});
