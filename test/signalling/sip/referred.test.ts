/** A peer that asks us to call somebody. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { header } from '../../../src/signalling/sip/headers.js';
import { LegProbe } from '../../support/leg-probe.js';
import { newCall } from '../../support/sip-peer.js';
import { answerTo, legs, peer, running, timeout } from './scene.js';

const target = 'Refer-To: <sip:carol@127.0.0.1>';

describe('REFER to us', { timeout }, () => {
  test('is declined where nobody takes it, and outside of a call', async () => {
    const { call } = await running();
    peer.send('REFER', call, { headers: [target] });
    await peer.response(603, 'REFER');
    peer.send('REFER', newCall(), { headers: [target] });
    await peer.response(603, 'REFER');
    assert.deepEqual(legs.waiting, []);
  });

  test('is accepted, and told how the call goes, to its end', async () => {
    const { probe, call } = await running();
    const taking = new LegProbe(probe.leg, answerTo, true);
    peer.send('REFER', call, { headers: [target] });
    await peer.response(202, 'REFER');
    const { target: called, report } = await taking.referred.next();
    assert.equal(called, 'sip:carol@127.0.0.1');
    report(180, 'Ringing');
    report(200, 'OK');
    report(486, 'Busy Here');
    const told = [];
    for (let n = 0; n < 3; n++) {
      const notify = await peer.request('NOTIFY');
      peer.answer(notify, 200, 'OK');
      told.push([notify.body.trim(), header(notify, 'subscription-state'), header(notify, 'event')]);
    }
    assert.deepEqual(told, [
      ['SIP/2.0 100 Trying', 'active;expires=180', 'refer;id=2'],
      ['SIP/2.0 180 Ringing', 'active;expires=180', 'refer;id=2'],
      ['SIP/2.0 200 OK', 'terminated;reason=noresource', 'refer;id=2'],
    ]);
    peer.send('BYE', call);
    await peer.response(200, 'BYE');
    assert.ok(!peer.untaken.includes('NOTIFY'));
  });

  const refused: [name: string, headers: string[], status: number][] = [
    ['without a target', [], 400],
    ['with two', [target, target], 400],
    ['to what is no SIP', ['Refer-To: <tel:+1>'], 603],
    ['for another method', ['Refer-To: <sip:a@b;method=BYE>'], 603],
    ['with headers for our request', ['Refer-To: <sip:a@b?Replaces=x>'], 603],
  ];
  for (const [name, headers, status] of refused)
    test(`${name}: ${status}`, async () => {
      const { probe, call } = await running();
      const taking = new LegProbe(probe.leg, answerTo, true);
      peer.send('REFER', call, { headers });
      await peer.response(status, 'REFER');
      assert.deepEqual(taking.referred.waiting, []);
    });

  test('that wants to hear nothing hears nothing', async () => {
    const { probe, call } = await running();
    const taking = new LegProbe(probe.leg, answerTo, true);
    peer.send('REFER', call, { headers: [target, 'Refer-Sub: false'] });
    await peer.response(202, 'REFER');
    (await taking.referred.next()).report(200, 'OK');
    peer.send('OPTIONS', call);
    await peer.response(200, 'OPTIONS');
    assert.ok(!peer.untaken.includes('NOTIFY'));
  });
});
