import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TurnMetrics } from '../../src/observer/turn-metrics.js';
import type { EventBody } from '../../src/pipeline/events.js';
import { event, ns, turnTimes } from './events.js';

const ended = (turn: number, endMs: number): EventBody => ({
  type: 'user-turn-ended',
  turn,
  text: 'hello',
  times: turnTimes(endMs, [40, 640, 645, 700]),
});
const spoke = (turn: number, atMs: number): EventBody => ({
  type: 'bot-started-speaking',
  turn,
  firstPacketNs: ns(atMs),
});

test('response time runs from the end of speech, and a greeting has none', () => {
  const metrics = new TurnMetrics();
  metrics.take(event(50, spoke(0, 50)));
  assert.equal(metrics.counters.response_time, undefined);
  metrics.take(event(2000, { type: 'user-stopped-speaking', speechMs: 900 }));
  metrics.take(event(2100, ended(1, 2000)));
  metrics.take(event(3000, spoke(1, 3000)));
  assert.equal(metrics.counters.response_time, 1);
  metrics.take(event(5000, { type: 'user-stopped-speaking', speechMs: 900 }));
  metrics.take(event(5100, ended(2, 5000)));
  metrics.take(event(5500, spoke(2, 5500)));
  metrics.take(event(5600, { type: 'bot-interrupted', turn: 2, cause: 'caller', heard: '' }));
  assert.deepEqual(metrics.counters, {
    total_user_utterances: 2,
    total_bot_responses: 3,
    interruption_count: 1,
    conversation_turns: 2,
    avg_response_time: 0.75,
    response_time: 0.5,
  });
});

test('a turn that was cut off before it spoke is not an answered one', () => {
  const metrics = new TurnMetrics();
  metrics.take(event(2100, ended(1, 2000)));
  metrics.take(event(2200, { type: 'bot-interrupted', turn: 1, cause: 'caller', heard: '' }));
  assert.equal(metrics.counters.conversation_turns, 0);
  assert.equal(metrics.counters.avg_response_time, 0);
});

test('an apology answers nobody', () => {
  const metrics = new TurnMetrics();
  metrics.take(event(2100, ended(1, 2000)));
  metrics.take(event(2200, { type: 'sentence', turn: 1, index: 0, text: 'Sorry.', apology: true }));
  metrics.take(event(3000, spoke(1, 3000)));
  const { total_bot_responses, conversation_turns, response_time } = metrics.counters;
  assert.deepEqual([total_bot_responses, conversation_turns, response_time], [1, 0, undefined]);
});
