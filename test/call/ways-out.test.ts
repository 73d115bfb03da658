/** What decides how a call ends: refusals, transfers, limits and last words, each as a table. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { saidToTheEnd } from '../../src/call/farewell.js';
import { isTooLong, withoutMusic } from '../../src/call/media-watch.js';
import { Negotiation } from '../../src/call/negotiate.js';
import { refusalFor } from '../../src/call/refusal.js';
import { transferTarget } from '../../src/call/transfer-target.js';
import { loadConfig } from '../../src/config/load.js';
import { fault, type OavcError } from '../../src/errors.js';
import type { CallEvent, EventBody } from '../../src/pipeline/events.js';

const configOf = (settings: Record<string, string> = {}) => {
  const commandLine = Object.entries(settings).map(([key, text]) => ({ key, text, origin: 'test' }));
  return loadConfig({ file: undefined, env: {}, commandLine }).config;
};

test('a call is refused with the status that says why, and when to try again', () => {
  const config = configOf();
  const busy = configOf({ 'call.full_status': '486' });
  const later = { status: 503, reason: 'Service Unavailable', retryAfterS: 10 };
  const full = [fault('CALL_LIMIT', 1), fault('PORTS_EXHAUSTED', 1, 2)];
  for (const thrown of full) assert.deepEqual(refusalFor(thrown, config), later);
  for (const thrown of full) assert.deepEqual(refusalFor(thrown, busy), { status: 486, reason: 'Busy Here' });
  assert.deepEqual(refusalFor(fault('SHUTTING_DOWN'), busy), later, 'nobody is busy, the server goes');
  assert.deepEqual(refusalFor(fault('ENGINE_FAILED', 'x', 'y'), config), later);
  assert.equal(refusalFor(fault('SDP_UNACCEPTABLE', 'x'), config).status, 488);
  assert.equal(refusalFor(fault('NOT_SUPPORTED', 'x', 'y'), config).status, 500);
  assert.equal(refusalFor(fault('SHUTTING_DOWN'), configOf({ 'call.retry_after_s': '0' })).retryAfterS, undefined);
});

test('the old name of the limit goes on meaning the same', () => {
  assert.equal(configOf({ 'sip.max_calls': '7' }).call.max, 7);
});

describe('where a call may be sent on to', () => {
  const target = (allow: string, destination: string, domain = '') =>
    transferTarget(configOf({ 'transfer.allow': allow, 'transfer.domain': domain }), destination, 'called.example');
  const refused = (code: string) => (thrown: unknown) => (thrown as OavcError).code === code;

  test('anywhere, unless it is restricted', () => {
    assert.equal(target('*', 'sip:a@b'), 'sip:a@b');
    assert.equal(target('*', '+49 30 1'), 'sip:+49301@called.example');
    assert.equal(target('*', '100', 'pbx.example'), 'sip:100@pbx.example');
  });

  test('patterns are for the URI, for user@host and for the user', () => {
    assert.equal(target('sip:*@pbx.example', 'sip:a@pbx.example'), 'sip:a@pbx.example');
    assert.equal(target('1* *@pbx.example', '123'), 'sip:123@called.example');
    assert.equal(target('a@pbx.example', 'a@pbx.example'), 'sip:a@pbx.example');
    assert.equal(target('tel:+49*', 'tel:+4930'), 'tel:+4930');
  });

  test('anything else is refused', () => {
    assert.throws(() => target('1?? *@pbx.example', '900123'), refused('TRANSFER_REFUSED'));
    assert.throws(() => target('*@pbx.example', 'sip:a@pbx.example.evil'), refused('TRANSFER_REFUSED'));
    assert.throws(() => target('', 'sip:a@b'), refused('TRANSFER_REFUSED'));
    assert.throws(() => target('*', 'sip:a@b>\r\nX: y'), refused('NOT_SUPPORTED'));
  });
});

test('a call is too long once its time is over', () => {
  assert.equal(isTooLong(0n, 10_000_000_000n, 10), false);
  assert.equal(isTooLong(0n, 10_000_000_001n, 10), true);
  assert.equal(isTooLong(0n, 1n << 60n, 0), false);
});

test('music on hold is not heard', () => {
  const config = configOf();
  const offer = new Negotiation(config, 4000).offer();
  for (const [theirs, heard] of [
    ['sendonly', 'inactive'],
    ['recvonly', 'sendonly'],
    ['sendrecv', 'sendrecv'],
  ] as const) {
    const { stream } = new Negotiation(config, 4000).answer(offer.replace('a=sendrecv', `a=${theirs}`));
    assert.equal(withoutMusic(stream).direction, heard);
  }
});

describe('last words', () => {
  const speaking = () => {
    const listeners = new Set<(event: CallEvent) => void>();
    const subscribe = (listener: (event: CallEvent) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    };
    const tell = (body: EventBody) => {
      for (const listener of listeners) listener({ ...body, callId: 'a', atNs: 0n });
    };
    return { listeners, subscribe, tell };
  };
  const sentence = { type: 'sentence', turn: 4, index: 0, text: 'Good night.' } as const;

  test('are waited for, and not those of the turn before', async () => {
    const { listeners, subscribe, tell } = speaking();
    let over = false;
    const said = saidToTheEnd('Good night. Bye.', () => tell(sentence), subscribe).then(() => {
      over = true;
    });
    tell({ type: 'bot-stopped-speaking', turn: 3, speechMs: 1 });
    await Promise.resolve();
    assert.equal(over, false);
    tell({ type: 'bot-stopped-speaking', turn: 4, speechMs: 1 });
    await said;
    assert.equal(listeners.size, 0);
  });

  test('are not waited for when the call ends meanwhile', async () => {
    const { listeners, subscribe, tell } = speaking();
    const said = saidToTheEnd('Bye.', () => undefined, subscribe);
    tell({ type: 'call-ended', reason: 'caller-hangup', detail: '' });
    await said;
    assert.equal(listeners.size, 0);
  });
});
