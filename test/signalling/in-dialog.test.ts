/** INFO and MESSAGE in a call, as tables. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answerInfo, answerMessage, textLimitBytes } from '../../src/signalling/in-dialog.js';
import { unhandled } from '../../src/signalling/reoffer.js';

const request = (contentType?: string) => ({
  headers: contentType === undefined ? {} : { 'content-type': [contentType] },
});

describe('MESSAGE', () => {
  const rows: [name: string, contentType: string | undefined, body: string, status: number, taken: string[]][] = [
    ['text', 'text/plain', ' What does it cost?\r\n', 200, ['What does it cost?']],
    ['its parameters and letters', 'Text/Plain; charset="UTF-8"', 'Ne kadar?', 200, ['Ne kadar?']],
    ['ASCII', 'text/plain;charset=us-ascii', 'a', 200, ['a']],
    ['without a type', undefined, 'a', 200, ['a']],
    ['another character set', 'text/plain;charset=iso-8859-9', 'a', 415, []],
    ['HTML', 'text/html', '<p>a', 415, []],
    ['that somebody is typing', 'application/im-iscomposing+xml', '<isComposing/>', 415, []],
    ['nothing', 'text/plain', ' \r\n', 200, []],
    ['as much as may be', 'text/plain', 'ü'.repeat(textLimitBytes / 2), 200, ['ü'.repeat(textLimitBytes / 2)]],
    ['more', 'text/plain', `${'ü'.repeat(textLimitBytes / 2)}.`, 413, []],
  ];
  for (const [name, type, body, status, expected] of rows)
    test(`${name}: ${status}`, () => {
      const taken: string[] = [];
      const handlers = { ...unhandled, onText: (text: string) => taken.push(text) > 0 };
      assert.equal(answerMessage(request(type), body, handlers).status, status);
      assert.deepEqual(taken, expected);
    });

  test('415 says what would be taken, 480 when to try again', () => {
    const busy = { ...unhandled, onText: () => false };
    assert.deepEqual(answerMessage(request('text/html'), 'a', busy).content.headers, [['Accept', 'text/plain']]);
    const { status, content } = answerMessage(request('text/plain'), 'a', busy);
    assert.deepEqual([status, content.headers], [480, [['Retry-After', '1']]]);
  });

  test('is refused where nobody reads it', () =>
    assert.equal(answerMessage(request('text/plain'), 'a', unhandled).status, 403));
});

describe('INFO', () => {
  const rows: [contentType: string, body: string, status: number, digits: string[]][] = [
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', 200, ['5']],
    ['application/dtmf', '#', 200, ['#']],
    ['application/dtmf', 'x', 415, []],
    ['text/plain', 'a', 415, []],
    ['', '', 200, []],
  ];
  for (const [type, body, status, expected] of rows)
    test(`${type} ${JSON.stringify(body)}: ${status}`, () => {
      const digits: string[] = [];
      const handlers = { ...unhandled, onDigit: (digit: string) => void digits.push(digit) };
      assert.equal(answerInfo(request(type), body, handlers).status, status);
      assert.deepEqual(digits, expected);
    });
});
