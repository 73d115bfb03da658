/** What OpenSIPS holds and what we hold: after a crash, after lost events, and beside other connectors. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { OpenSipsSignalling } from '../../../src/signalling/opensips/sessions.js';
import { answered, type MiRequest } from '../../support/opensips-stand-in.js';
import { testFolder } from '../../support/tiny-models/folder.js';
import { key, legs, opensips, options, running, sdp, signalling, start, timeout, use, withKey } from './scene.js';

const folder = testFolder();
const other = 'B2B.7.7.7.7';

/** A list with the session of the captures and `keys` besides, or one of them by its key. */
function listing(keys: readonly string[], state = 5) {
  return (request: MiRequest): string => {
    const { result } = JSON.parse(answered('ua-session-list-established', request));
    const [session] = Array.isArray(result) ? result : [result];
    const entries = keys.map((to_tag) => ({ ...session, to_tag, state }));
    const asked = request.params.key;
    const found = asked === undefined ? entries : entries.find(({ to_tag }) => to_tag === asked);
    return found === undefined
      ? answered('ua-session-list-not-found', request)
      : JSON.stringify({ jsonrpc: '2.0', result: found, id: request.id });
  };
}

const journalOf = (name: string, keys: readonly string[]): string => {
  const file = join(folder, name);
  writeFileSync(file, keys.map((each) => `+${each}\n`).join(''));
  return file;
};

describe('sessions that no call belongs to', { timeout }, () => {
  test('of an earlier run are ended by the journal where OpenSIPS cannot list them', async () => {
    use({ journal: journalOf('many', [key, 'B2B.gone']) });
    const one = listing([key]);
    opensips.answer('ua_session_list', (request) =>
      request.params.key === undefined ? '500 Internal error' : one(request),
    );
    await start();
    assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key });
    assert.deepEqual(signalling.journal.keys, []);
  });

  test('another session that OpenSIPS finds under an old key is left alone', async () => {
    use({ journal: journalOf('stale', [key]), connector: 'a' });
    opensips.answer('ua_session_list', listing([other]));
    opensips.answer('ua_session_list', (request) => {
      const { result } = JSON.parse(listing([other])({ ...request, params: { key: other } }));
      return JSON.stringify({ jsonrpc: '2.0', result, id: request.id });
    });
    await start();
    assert.ok(!opensips.untaken.includes('ua_session_terminate'));
  });

  test('of a NEW that was lost are refused when they are seen twice', async () => {
    use({ expireS: 1 });
    await start();
    opensips.answer('ua_session_list', listing([other], 1));
    const refusal = await opensips.next('ua_session_reply');
    assert.deepEqual([refusal.params.key, refusal.params.code], [other, 503]);
    assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key: other });
  });

  test('a call that was not ended for want of an answer is ended later', async () => {
    use({ expireS: 1, journal: join(folder, 'late') });
    const { leg } = await running();
    opensips.answer('ua_session_list', listing([key]));
    opensips.loseAnswers = 3;
    await leg.hangup();
    for (let tries = 0; tries < 4; tries++)
      assert.deepEqual((await opensips.next('ua_session_terminate')).params, { key });
  });

  test('nothing is left in the journal of a call that ended, however', async () => {
    const file = join(folder, 'ends');
    for (const end of ['terminated-bye', 'terminated-cancel', 'hangup', 'refuse'] as const) {
      use({ journal: file });
      await start();
      await opensips.raise('new-invite');
      const { leg, ended } = await legs.next();
      assert.deepEqual(signalling.journal.keys, [key]);
      if (end !== 'refuse' && end !== 'terminated-cancel') await leg.answer(sdp);
      if (end === 'hangup') await leg.hangup();
      else if (end === 'refuse') await leg.refuse(503, 'Service Unavailable', 10);
      else {
        await opensips.raise(withKey(end));
        await ended.next();
        if (end === 'terminated-cancel') await opensips.next('ua_session_terminate');
      }
      await signalling.stop();
      assert.deepEqual(signalling.journal.keys, [], end);
    }
  });
});

describe('beside other connectors', { timeout }, () => {
  const withParams = (to: string, params: string): Buffer =>
    Buffer.from(
      withKey('new-invite', to)
        .toString('latin1')
        .replace('"extra_params":null', `"extra_params":${JSON.stringify(params)}`),
      'latin1',
    );

  test('only the calls that name this one are taken, and their names are no variables', async () => {
    use({ connector: 'a' });
    await start();
    await opensips.raise(withParams('B2B.1.1.1.1', 'connector=b;agent=x'));
    await opensips.raise('new-invite');
    await opensips.raise(withParams(other, 'connector=a;agent=sales'));
    const { leg } = await legs.next();
    assert.deepEqual([leg.key, leg.parameters], [other, { agent: 'sales' }]);
    assert.deepEqual(legs.waiting, []);
  });

  test("others' sessions and events are left alone, and are no strays", async () => {
    use({ connector: 'a', expireS: 1 });
    opensips.answer('ua_session_list', listing([other]));
    await start();
    for (const name of ['uac-answered-200', 'updated-info-dtmf', 'terminated-bye', 'terminated-cancel'])
      await opensips.raise(name);
    for (let renewals = 0; renewals < 3; renewals++) await opensips.next('event_subscribe');
    assert.ok(!opensips.untaken.some((method) => method !== 'event_subscribe'));
    assert.equal(signalling.strays, 0);
  });
});

describe('datagrams that come twice or in another order', { timeout }, () => {
  test('a CANCEL before its NEW ends the call that never was', async () => {
    await start();
    await opensips.raise('terminated-cancel');
    const request = await opensips.next('ua_session_reply');
    assert.equal(request.params.code, 487);
    await opensips.raise(withKey('new-invite', String(request.params.key)));
    await opensips.next('ua_session_terminate');
    assert.deepEqual(legs.waiting, []);
  });

  test('a digit that comes twice is one, the next is another', async () => {
    const { digits } = await running();
    await opensips.raise('updated-info-dtmf-relay', 3);
    await opensips.next('ua_session_reply');
    const next = withKey('updated-info-dtmf')
      .toString('latin1')
      .replace(/CSeq: \d+/, 'CSeq: 99');
    await opensips.raise(Buffer.from(next, 'latin1'));
    await digits.next();
    await opensips.next('ua_session_reply');
    await digits.next();
    assert.deepEqual(digits.waiting, []);
  });

  test('a NEW that comes again after its call is no call', async () => {
    const { leg } = await running();
    await leg.hangup();
    await opensips.raise('new-invite');
    await opensips.raise(withKey('new-invite', other));
    assert.equal((await legs.next()).leg.key, other);
  });

  test('events from a stranger are refused and counted', async () => {
    const { port } = await start();
    const before = signalling.strays;
    await opensips.raiseFrom('127.0.0.2', 'new-invite', port);
    await opensips.raise(withKey('new-invite', other));
    assert.equal((await legs.next()).leg.key, other);
    assert.equal(signalling.strays, before + 1);
  });
});

test('the journal that cannot be written is a warning', async () => {
  const plain = join(folder, 'plain');
  writeFileSync(plain, '');
  const signalling = new OpenSipsSignalling({ ...options(), journal: join(plain, 'below') });
  assert.deepEqual(signalling.journal.keys, []);
});
