/** RFC 4028 as tables: who refreshes, how often, and when a call is over. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseHeaders } from '../../../src/signalling/sip/headers.js';
import { agree, agreed, dueAfterMs, type SessionTerms, wish } from '../../../src/signalling/sip/session-timer.js';

const limits = { expiresS: 1800, minS: 90 };
const off = { expiresS: 0, minS: 90 };
const headed = (...lines: string[]) => ({ headers: parseHeaders(lines.join('\r\n')) });
const timer = 'Supported: timer, replaces';

describe('a request of theirs', () => {
  const rows: [name: string, lines: string[], terms: SessionTerms | undefined, value: string, required: boolean][] = [
    [
      'knows timers, asks for less',
      [timer, 'x: 600'],
      { intervalS: 600, refresher: 'them' },
      '600;refresher=uac',
      true,
    ],
    [
      'asks for more',
      [timer, 'Session-Expires: 7200'],
      { intervalS: 1800, refresher: 'them' },
      '1800;refresher=uac',
      true,
    ],
    [
      'wants us to refresh',
      [timer, 'x: 600;refresher=uas'],
      { intervalS: 600, refresher: 'us' },
      '600;refresher=uas',
      false,
    ],
    [
      'refreshes itself',
      [timer, 'x: 600 ;Refresher=UAC'],
      { intervalS: 600, refresher: 'them' },
      '600;refresher=uac',
      true,
    ],
    ['knows timers, asks for none', [timer], { intervalS: 1800, refresher: 'them' }, '1800;refresher=uac', true],
    ['knows no timers', [], { intervalS: 1800, refresher: 'us' }, '1800;refresher=uas', false],
    ['has a proxy that wants one', ['x: 100'], { intervalS: 100, refresher: 'us' }, '100;refresher=uas', false],
    [
      'has a Min-SE above ours',
      [timer, 'Min-SE: 2400'],
      { intervalS: 2400, refresher: 'them' },
      '2400;refresher=uac',
      true,
    ],
  ];
  for (const [name, lines, terms, value, required] of rows)
    test(name, () => {
      const headers = [['Session-Expires', value], ...(required ? [['Require', 'timer']] : [])];
      assert.deepEqual(agree(headed(...lines), limits), { kind: 'agreed', terms, headers });
    });

  test('too short is refused with what we accept', () => {
    assert.deepEqual(agree(headed(timer, 'x: 89'), limits), { kind: 'too-short', minS: 90 });
    assert.equal(agree(headed('x: 60'), limits).kind, 'agreed', 'who knows no timers could not ask again');
  });

  test('the role stays where nobody asks for another', () => {
    const agreement = agree(headed(timer, 'x: 600'), limits, 'us');
    assert.deepEqual(agreement.kind === 'agreed' && agreement.terms?.refresher, 'us');
  });

  test('without timers of ours there is one only if they ask', () => {
    assert.deepEqual(agree(headed(timer), off), { kind: 'agreed', terms: undefined, headers: [] });
    const asked = agree(headed(timer, 'x: 600'), off);
    assert.deepEqual(asked.kind === 'agreed' && asked.terms, { intervalS: 600, refresher: 'them' });
  });
});

describe('an answer of theirs', () => {
  const rows: [name: string, lines: string[], terms: SessionTerms | undefined][] = [
    ['we refresh', ['x: 600;refresher=uac'], { intervalS: 600, refresher: 'us' }],
    ['they refresh', ['x: 600;refresher=uas'], { intervalS: 600, refresher: 'them' }],
    ['nobody is named', ['x: 600'], { intervalS: 600, refresher: 'us' }],
    ['they know no timers', [], { intervalS: 1800, refresher: 'us' }],
    ['nonsense', ['x: soon'], { intervalS: 1800, refresher: 'us' }],
  ];
  for (const [name, lines, terms] of rows) test(name, () => assert.deepEqual(agreed(headed(...lines), limits), terms));
  test('without timers of ours there is none', () => assert.equal(agreed(headed(), off), undefined));
});

test('what we ask for', () => {
  assert.deepEqual(wish(off), [['Supported', 'timer']]);
  assert.deepEqual(wish(limits), [
    ['Supported', 'timer'],
    ['Session-Expires', '1800'],
  ]);
  assert.deepEqual(wish(limits, 3600, 'uac'), [
    ['Supported', 'timer'],
    ['Session-Expires', '3600;refresher=uac'],
    ['Min-SE', '3600'],
  ]);
});

describe('when we must act', () => {
  const rows: [terms: SessionTerms, afterMs: number][] = [
    [{ intervalS: 1800, refresher: 'us' }, 900_000],
    [{ intervalS: 1800, refresher: 'them' }, 1_768_000],
    [{ intervalS: 90, refresher: 'them' }, 60_000],
  ];
  for (const [terms, afterMs] of rows)
    test(`${terms.refresher}, ${terms.intervalS} s`, () => assert.equal(dueAfterMs(terms), afterMs));
});
