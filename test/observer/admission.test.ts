import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencyAdmission } from '../../src/observer/admission.js';
import type { TurnKind, TurnRow } from '../../src/observer/ledger.js';
import { mapParts } from '../../src/observer/parts.js';
import { partPercentiles } from '../../src/observer/percentiles.js';

/** A turn that took so long after 600 ms of silence. */
const row = (responseMs: number, kind: TurnKind = 'answered'): TurnRow => ({
  callId: 'c',
  turn: 1,
  kind,
  asked: '',
  said: '',
  heard: '',
  interrupted: false,
  partsMs: mapParts((name) => (name === 'silence_wait' ? 600 : name === 'ring_wait' ? responseMs : 0)),
  sumMs: 600 + responseMs,
});

test('late answers of the last minute close the door, and a minute without them opens it', () => {
  const admission = new LatencyAdmission(1000);
  for (let turn = 0; turn < 9; turn++) admission.take(row(2000), turn * 1000);
  assert.equal(admission.tooSlowMs(9000), undefined, 'nine turns say nothing');
  admission.take(row(2000), 9000);
  assert.ok(Math.abs((admission.tooSlowMs(9000) ?? 0) - 2000) < 100);
  for (let turn = 0; turn < 91; turn++) admission.take(row(300), 10_000);
  assert.equal(admission.tooSlowMs(10_000), undefined, 'one in ten may be late');
  for (let turn = 0; turn < 20; turn++) admission.take(row(2000), 30_000);
  assert.ok(admission.tooSlowMs(30_000));
  assert.equal(admission.tooSlowMs(95_000), undefined);
});

test('the silence that the setting asks for is not counted, nor turns without an answer', () => {
  const admission = new LatencyAdmission(1000);
  for (let turn = 0; turn < 20; turn++) admission.take(row(900), 0);
  for (let turn = 0; turn < 20; turn++) admission.take(row(5000, 'empty'), 0);
  assert.equal(admission.tooSlowMs(0), undefined);
});

test('without a limit the door stays open', () => {
  const admission = new LatencyAdmission(0);
  for (let turn = 0; turn < 20; turn++) admission.take(row(90_000), 0);
  assert.equal(admission.tooSlowMs(0), undefined);
  assert.ok(admission.p90Ms(0));
});

test('percentiles of a call are those of its answered turns', () => {
  assert.equal(partPercentiles([row(1, 'interrupted')]), undefined);
  const rows = [...Array.from({ length: 10 }, (_, turn) => row(100 * (turn + 1))), row(9000, 'empty')];
  const percentiles = partPercentiles(rows);
  assert.equal(percentiles?.p50_sum_ms, 1100);
  assert.equal(percentiles?.p90_sum_ms, 1500);
  assert.equal(percentiles?.p90_parts_ms.ring_wait, 900);
  assert.equal(percentiles?.p50_parts_ms.silence_wait, 600);
});
