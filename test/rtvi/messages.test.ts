import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../src/rtvi/messages.js';
import { type InboundType, inbound } from '../../src/rtvi/schemas.js';
import { misfit } from '../../src/rtvi/validate.js';

const envelopes: [text: string, kind: string][] = [
  ['{"label":"rtvi-ai","type":"x","id":"1"}', 'message'],
  ['{"label":"rtvi-ai","type":"x","id":""}', 'message'],
  ['not json', 'ignored'],
  ['[]', 'ignored'],
  ['null', 'ignored'],
  ['"text"', 'ignored'],
  ['{"label":"rtvi","type":"x","id":"1"}', 'ignored'],
  ['{"type":"x","id":"1"}', 'ignored'],
  ['{"label":"rtvi-ai","id":"1"}', 'invalid'],
  ['{"label":"rtvi-ai","type":"x"}', 'invalid'],
  ['{"label":"rtvi-ai","type":"x","id":1}', 'invalid'],
  [`{"label":"rtvi-ai","type":"x","id":"${'9'.repeat(300)}"}`, 'invalid'],
];
for (const [text, kind] of envelopes)
  test(`${text.slice(0, 60)} is ${kind}`, () => assert.equal(parse(text).kind, kind));

test('data that is absent or null is an empty object', () => {
  for (const text of ['{"label":"rtvi-ai","type":"x","id":"1"}', '{"label":"rtvi-ai","type":"x","id":"1","data":null}'])
    assert.deepEqual(parse(text), { kind: 'message', envelope: { type: 'x', id: '1', data: {} } });
});

const shapes: [type: InboundType, data: unknown, fits: boolean][] = [
  ['client-ready', {}, true],
  ['client-ready', { version: '2.1.0', about: { library: 'x', platform: null } }, true],
  ['client-ready', { version: '2.1.0', about: 17 }, true],
  ['get-config', {}, true],
  ['update-config', { config: [{ service: 'a', options: [{ name: 'b', value: 1 }] }] }, true],
  ['update-config', { config: [{ service: 'a', options: [{ name: 'b', value: 1 }] }], interrupt: null }, true],
  ['update-config', { config: [{ service: 'a' }] }, false],
  ['update-config', {}, false],
  ['update-config', { config: [], interrupt: 'yes' }, false],
  ['action', { service: 'a', action: 'b' }, true],
  ['action', { service: 'a', action: 'b', arguments: [{ name: 'c', value: 1 }] }, true],
  ['action', { service: 'a', action: 'b', arguments: { c: 1 } }, false],
  ['action', { service: 'a' }, false],
  ['client-message', { t: 'ping' }, true],
  ['client-message', { t: 'ping', d: null }, true],
  ['client-message', { d: 1 }, false],
  ['send-text', { content: 'hi' }, true],
  ['send-text', { content: 'hi', options: {} }, true],
  ['send-text', { content: 'hi', options: { run_immediately: 1 } }, false],
  ['send-text', {}, false],
  ['append-to-context', { role: 'user', content: 'x' }, true],
  ['append-to-context', { role: 'system', content: 'x' }, false],
  ['dtmf', { buttons: ['1', '*', '#'] }, true],
  ['dtmf', { button: '1' }, true],
  ['dtmf', { buttons: [] }, false],
  ['dtmf', { buttons: ['12'] }, false],
  ['dtmf', { button: 'A' }, false],
  ['dtmf', {}, false],
  ['send-file', { content: 'x', file: { format: 'image/png', source: { type: 'url', url: 'x' } } }, true],
  ['send-file', { content: 'x', file: { format: 'image/png', source: { type: 'disk', path: 'x' } } }, false],
  ['ui-event', { event: 'click' }, true],
  ['ui-event', {}, false],
  ['ui-cancel-job-group', { job_id: 'x' }, true],
  ['llm-function-call-result', { function_name: 'f', tool_call_id: '1', arguments: {}, result: 'x' }, true],
  ['llm-function-call-result', { function_name: 'f' }, false],
];
for (const [type, data, fits] of shapes)
  test(`${type} ${JSON.stringify(data)} ${fits ? 'fits' : 'does not fit'}`, () => {
    assert.equal(misfit(inbound[type], data) === undefined, fits);
  });
