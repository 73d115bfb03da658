/** The timers of RFC 3261, section 17, in virtual time: a row is a moment and what is due then. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClientTransaction, type Due, ServerTransaction } from '../../../src/signalling/sip/transaction.js';

/** Every moment of the first `untilMs` at which something is due, looked at each 50 ms as the layer does. */
function schedule(machine: { due(nowMs: number): Due | undefined }, fromMs: number, untilMs: number): [number, Due][] {
  const rows: [number, Due][] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 50) {
    const due = machine.due(nowMs);
    if (due) rows.push([nowMs, due]);
    if (due === 'ended' || due === 'timeout') break;
  }
  return rows;
}
const resends = (...times: number[]): [number, Due][] => times.map((time) => [time, 'resend']);

describe('the asking side', () => {
  test('INVITE: A doubles without bound, B ends', () =>
    assert.deepEqual(schedule(new ClientTransaction(true, 0), 0, 60_000), [
      ...resends(500, 1500, 3500, 7500, 15_500, 31_500),
      [32_000, 'timeout'],
    ]));

  test('others: E doubles up to T2, F ends', () =>
    assert.deepEqual(schedule(new ClientTransaction(false, 0), 0, 60_000), [
      ...resends(500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500),
      [32_000, 'timeout'],
    ]));

  test('INVITE that rings is repeated no more, and waits', () => {
    const machine = new ClientTransaction(true, 0);
    assert.equal(machine.answered(180, 100), false);
    assert.deepEqual(schedule(machine, 100, 300_000), []);
  });

  test('others after a provisional answer: each T2, F still ends', () => {
    const machine = new ClientTransaction(false, 0);
    machine.answered(100, 100);
    assert.deepEqual(schedule(machine, 100, 60_000), [
      ...resends(500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500),
      [32_000, 'timeout'],
    ]);
  });

  const finals: [invite: boolean, status: number, endMs: number, name: string][] = [
    [true, 486, 32_000, 'D'],
    [true, 200, 32_000, 'M'],
    [false, 200, 5000, 'K'],
    [false, 481, 5000, 'K'],
  ];
  for (const [invite, status, endMs, name] of finals)
    test(`${invite ? 'INVITE' : 'others'} after ${status}: told once, ${name} absorbs`, () => {
      const machine = new ClientTransaction(invite, 0);
      assert.equal(machine.answered(status, 0), true);
      assert.equal(machine.answered(status, 10), false);
      assert.deepEqual(schedule(machine, 0, 60_000), [[endMs, 'ended']]);
    });
});

describe('over a reliable transport', () => {
  const asking: [name: string, invite: boolean, status: number, rows: [number, Due][]][] = [
    ['INVITE: A never, B ends', true, 0, [[32_000, 'timeout']]],
    ['others: E never, F ends', false, 0, [[32_000, 'timeout']]],
    ['INVITE refused: D is nothing', true, 486, [[100, 'ended']]],
    ['INVITE accepted: M absorbs', true, 200, [[32_100, 'ended']]],
    ['others answered: K is nothing', false, 200, [[100, 'ended']]],
  ];
  for (const [name, invite, status, rows] of asking)
    test(name, () => {
      const machine = new ClientTransaction(invite, 0, true);
      if (status > 0) machine.answered(status, 100);
      assert.deepEqual(schedule(machine, 100, 60_000), rows);
    });

  test('a refusal of INVITE: G never, H ends, I is nothing', () => {
    const machine = new ServerTransaction(true, true);
    machine.respond(486, 'text', 0);
    assert.deepEqual(schedule(machine, 0, 31_000), []);
    machine.acknowledged(31_000);
    assert.deepEqual(schedule(machine, 31_000, 60_000), [[31_000, 'ended']]);
  });

  test('2xx to INVITE is repeated all the same', () => {
    const machine = new ServerTransaction(true, true);
    machine.respond(200, 'text', 0);
    assert.deepEqual(schedule(machine, 0, 2000), resends(500, 1500));
  });

  test('others: J is nothing', () => {
    const machine = new ServerTransaction(false, true);
    machine.respond(200, 'text', 0);
    assert.deepEqual(schedule(machine, 0, 60_000), [[0, 'ended']]);
  });
});

test('a cancelled INVITE that is never answered ends', () => {
  const machine = new ClientTransaction(true, 0);
  machine.answered(180, 100);
  machine.cancelled(1000);
  assert.deepEqual(schedule(machine, 1000, 60_000), [[33_000, 'ended']]);
});

describe('the answering side', () => {
  test('a refusal of INVITE: G up to T2, H ends', () => {
    const machine = new ServerTransaction(true);
    machine.respond(486, 'text', 0);
    assert.deepEqual(schedule(machine, 0, 60_000), [
      ...resends(500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500),
      [32_000, 'timeout'],
    ]);
  });

  test('its ACK: I absorbs', () => {
    const machine = new ServerTransaction(true);
    machine.respond(486, 'text', 0);
    assert.equal(machine.acknowledged(700), true);
    assert.equal(machine.state, 'confirmed');
    assert.deepEqual(schedule(machine, 700, 60_000), [[5700, 'ended']]);
  });

  test('2xx to INVITE is repeated until its ACK', () => {
    const machine = new ServerTransaction(true);
    machine.respond(200, 'text', 0);
    assert.deepEqual(schedule(machine, 0, 2000), resends(500, 1500));
    assert.equal(machine.acknowledged(2000), true);
    assert.equal(machine.acknowledged(2100), false);
    assert.deepEqual(schedule(machine, 2000, 60_000), [[34_000, 'ended']]);
  });

  test('2xx without an ACK times out', () => {
    const machine = new ServerTransaction(true);
    machine.respond(200, 'text', 0);
    assert.deepEqual(schedule(machine, 0, 60_000).at(-1), [32_000, 'timeout']);
  });

  test('others: nothing is repeated by itself, J absorbs', () => {
    const machine = new ServerTransaction(false);
    machine.respond(200, 'text', 0);
    assert.deepEqual(schedule(machine, 0, 60_000), [[32_000, 'ended']]);
  });

  test('an ACK before our answer means nothing', () => {
    const machine = new ServerTransaction(true);
    assert.equal(machine.acknowledged(0), false);
    assert.deepEqual(schedule(machine, 0, 60_000), []);
  });

  test('a provisional answer ends nothing', () => {
    const machine = new ServerTransaction(true);
    machine.respond(180, 'text', 0);
    assert.equal(machine.state, 'trying');
    assert.deepEqual(schedule(machine, 0, 60_000), []);
  });
});
