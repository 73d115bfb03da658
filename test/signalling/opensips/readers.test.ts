import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readUaEvent } from '../../../src/signalling/opensips/event.js';
import { readMiAnswer } from '../../../src/signalling/opensips/mi-answer.js';
import { readSessionList } from '../../../src/signalling/opensips/session-list.js';
import { header, uriOf } from '../../../src/signalling/sip/headers.js';
import { captured } from '../../support/opensips-stand-in.js';
import { mutations, seeded } from '../../support/rubbish.js';

const event = (name: string) => {
  const read = readUaEvent(captured(`event-${name}`));
  assert.ok(read, name);
  return read;
};

describe('captured events', () => {
  test('a new session', () => {
    const { key, type, entity, status, reason, method, body, extraParams } = event('new-invite');
    assert.equal(key, 'B2B.101.486.1795356443.713059644');
    assert.deepEqual([type, entity, status, reason, method], ['NEW', 'UAS', 0, '', 'INVITE']);
    assert.match(body ?? '', /^v=0\r\n/);
    assert.equal(extraParams, undefined);
  });

  test('compact, folded and repeated headers', () => {
    const compact = event('new-invite-compact-headers');
    assert.equal(uriOf(header(compact, 'from')), 'sip:bob@127.0.0.1:33398');
    assert.equal(uriOf(header(compact, 'to')), 'sip:bot@127.0.0.1:5060;user=phone');
    assert.equal(compact.headers['record-route']?.length, 2);
    assert.deepEqual(compact.headers['x-custom'], ['spaced value', 'second']);
  });

  test('a body that OpenSIPS left out is not an empty one', () => {
    assert.equal(event('new-invite-no-content-length').body, undefined);
    assert.equal(event('new-invite-no-sdp').body, '');
    assert.equal(event('new-invite-flags-none').body, undefined);
  });

  test('bytes that are no UTF-8 lose no event', () => assert.equal(event('updated-info-invalid-utf8').method, 'INFO'));
  test('a reply that OpenSIPS made up', () => {
    const { type, status, reason, body } = event('uac-rejected-408-timeout');
    assert.deepEqual([type, status, reason, body], ['REJECTED', 408, 'Timeout', undefined]);
  });
});

describe('captured answers', () => {
  const rows: [name: string, id: string | undefined, code: number | undefined][] = [
    ['event-subscribe-ok', '1', undefined],
    ['ua-session-reply-failed', undefined, 500],
    ['params-do-not-match', undefined, -32602],
    ['ua-session-list-not-found', undefined, 404],
    ['parse-error', undefined, 400],
  ];
  for (const [name, id, code] of rows)
    test(name, () => {
      const answer = readMiAnswer(captured(`mi-response-${name}`).toString());
      assert.ok(answer);
      assert.equal(answer.error?.code, code);
      if (id !== undefined) assert.equal(answer.id, id);
    });

  test('an answer to somebody with numeric ids is not ours', () =>
    assert.equal(readMiAnswer('{"id":7,"result":1}'), undefined));
});

describe('the list of sessions', () => {
  const listed = (name: string) => {
    const { result } = JSON.parse(captured(`mi-response-ua-session-list-${name}`).toString());
    return readSessionList(Array.isArray(result) ? result : [result]);
  };
  const rows: [name: string, key: string, waiting: boolean][] = [
    ['established', 'B2B.101.486.1795356443.713059644', false],
    ['cancelled', 'B2B.218.84.1795356456.1487629767', true],
    ['uac', 'B2B.380.3646547.1795356458.1051963445', false],
  ];
  for (const [name, key, waiting] of rows)
    test(name, () =>
      assert.deepEqual(
        listed(name).map((session) => [session.key, session.waiting]),
        [[key, waiting]],
      ),
    );
  test('empty', () => assert.deepEqual(listed('empty').length, 0));
  test('sessions of other B2B logic are left alone', () =>
    assert.deepEqual(readSessionList([{ to_tag: 'B2B.1.2.3.4', logic_key: '5', state: 5 }]), []));
});

test('rubbish is refused without a throw', () => {
  const random = seeded(7);
  const names = ['new-invite', 'new-invite-compact-headers', 'updated-info-dtmf', 'terminated-bye'];
  for (const name of names)
    for (const bytes of mutations(captured(`event-${name}`), 500, random)) {
      readUaEvent(bytes);
      readMiAnswer(bytes.toString());
    }
});
