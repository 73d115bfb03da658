import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MediaMetrics } from '../../src/observer/media-metrics.js';
import { quality } from './events.js';

test('a report gives by how much the counters grew, and never less than nothing', () => {
  const metrics = new MediaMetrics();
  assert.equal(metrics.take(quality()).packetsReceived, 100);
  assert.equal(metrics.take(quality({ packetsReceived: 150 })).packetsReceived, 50);
  assert.equal(metrics.take(quality({ packetsReceived: 20 })).packetsReceived, 0);
});
