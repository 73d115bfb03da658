/** Who may begin something, as tables in virtual time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Admission } from '../../../src/signalling/sip/admission.js';
import type { SipRequest } from '../../../src/signalling/sip/message.js';
import { SourceRates } from '../../../src/signalling/sip/source-rates.js';

const request = (method = 'INVITE'): SipRequest => ({ kind: 'request', method, uri: 'sip:a', headers: {}, body: '' });
const users = new Map([['alice', 'secret']]);
const options = { allow: ['10.0.0.0/8'], users: new Map(), realm: 'oavc', digests: [], perSecond: 10 };
const stranger = '192.0.2.1';

/** Verdicts, a status where there is one. */
const judge = (admission: Admission, ip: string, nowMs = 0, method?: string) => {
  const verdict = admission.judge(request(method), ip, nowMs);
  return verdict.kind === 'refuse' ? verdict.status : verdict.kind;
};

describe('admission', () => {
  test('without users only known addresses are read', () => {
    const admission = new Admission(options);
    assert.deepEqual([admission.reads('10.1.1.1', 0), admission.reads(stranger, 0)], [true, false]);
    assert.deepEqual([judge(admission, '10.1.1.1'), judge(admission, stranger)], ['admit', 'ignore']);
    assert.equal(admission.refused, 2);
  });

  test('with users a stranger is asked who it is', () => {
    const admission = new Admission({ ...options, users });
    assert.equal(admission.reads(stranger, 0), true);
    assert.equal(judge(admission, stranger), 401);
    assert.equal(judge(admission, stranger, 0, 'CANCEL'), 'ignore');
  });

  test('whom we called is read, but begins nothing', () => {
    const admission = new Admission(options);
    admission.meet(stranger);
    assert.equal(admission.reads(stranger, 0), true);
    assert.equal(judge(admission, stranger), 'ignore');
    for (let n = 0; n < 5000; n++) admission.meet(`10.0.${n >> 8}.${n & 255}`);
    assert.equal(admission.reads(stranger, 0), false, 'the table is bounded');
  });

  test('a server of ours begins what it likes', () => {
    const admission = new Admission(options, (ip) => ip === stranger);
    assert.equal(judge(admission, stranger), 'admit');
  });

  test('a known address that asks too often is told to wait, and then served', () => {
    const admission = new Admission(options);
    const verdicts = Array.from({ length: 25 }, () => judge(admission, '10.1.1.1'));
    assert.deepEqual([verdicts[19], verdicts[20]], ['admit', 503]);
    assert.equal(judge(admission, '10.1.1.2'), 'admit', 'others are not touched');
    assert.equal(judge(admission, '10.1.1.1', 1000), 'admit');
  });

  test('a scanner gets few challenges, and then silence', () => {
    const admission = new Admission({ ...options, users });
    const verdicts = Array.from({ length: 30 }, () => judge(admission, stranger));
    assert.deepEqual([verdicts[19], verdicts[20]], [401, 'ignore']);
    const reads = Array.from({ length: 300 }, () => admission.reads(stranger, 0));
    assert.deepEqual([reads[199], reads[200]], [true, false]);
    assert.equal(admission.reads(stranger, 1000), true);
  });

  test('the table of addresses is bounded, and forgets the one that was silent for longest', () => {
    const rates = new SourceRates({ perSecond: 1, burst: 1 });
    rates.take('first', 0);
    for (let n = 0; n < 4096; n++) {
      rates.take(`${n}`, 0);
      rates.take('busy', 0);
    }
    assert.equal(rates.size, 4096);
    assert.equal(rates.take('busy', 0), false);
    assert.equal(rates.take('first', 0), true);
  });
});
