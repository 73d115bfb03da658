import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLog } from '../../src/log.js';
import { prometheusText } from '../../src/observer/export.js';
import { Observer } from '../../src/observer/observer.js';
import type { CallSummary } from '../../src/observer/summary.js';
import { Tap } from '../../src/observer/tap.js';
import type { EventBody } from '../../src/pipeline/events.js';
import { callStarted, event, ns, quality, turnTimes } from './events.js';

const log = openLog('test', 'silent');

/** One short call: a greeting, an answered turn, one that is cut off. */
const call: [number, EventBody][] = [
  [0, callStarted],
  [50, { type: 'bot-started-speaking', turn: 0, firstPacketNs: ns(50) }],
  [900, { type: 'bot-stopped-speaking', turn: 0, speechMs: 850 }],
  [1000, { type: 'user-started-speaking' }],
  [2000, { type: 'user-stopped-speaking', speechMs: 1000 }],
  [2700, { type: 'user-turn-ended', turn: 1, text: 'hi', times: turnTimes(2000, [40, 640, 645, 700]) }],
  [2900, { type: 'llm-first-token', turn: 1 }],
  [2950, { type: 'sentence', turn: 1, index: 0, text: 'Good day.' }],
  [3000, { type: 'bot-started-speaking', turn: 1, firstPacketNs: ns(3000) }],
  [3200, { type: 'settings-changed', origin: 'rtvi 2.2.0 desk #1', changes: [{ setting: 'speed', from: 1, to: 1.2 }] }],
  [3500, { type: 'media-quality', quality: quality() }],
  [4000, { type: 'bot-stopped-speaking', turn: 1, speechMs: 1000 }],
  [5000, { type: 'user-stopped-speaking', speechMs: 500 }],
  [5700, { type: 'user-turn-ended', turn: 2, text: 'and', times: turnTimes(5000, [40, 640, 645, 700]) }],
  [6000, { type: 'bot-started-speaking', turn: 2, firstPacketNs: ns(6000) }],
  [6300, { type: 'bot-interrupted', turn: 2, cause: 'caller', heard: 'Well' }],
  [10_000, { type: 'call-ended', reason: 'caller-hangup', detail: 'BYE' }],
];

function watch() {
  const tap = new Tap(log);
  const observer = new Observer({ tap, log, rtviEnabled: true });
  const told: string[] = [];
  const summaries: CallSummary[] = [];
  observer.subscribe({
    onEvent: ({ type }) => told.push(type),
    onTurn: ({ turn }) => told.push(`row ${turn}`),
    onSummary: (summary) => {
      told.push('summary');
      summaries.push(summary);
    },
  });
  return { tap, observer, told, summaries };
}

test('a call: rows after the events that closed them, the summary last', () => {
  const { tap, told, observer } = watch();
  for (const [atMs, body] of call) tap.publish(event(atMs, body));
  assert.equal(told.indexOf('row 1'), told.indexOf('bot-stopped-speaking', 5) + 1);
  assert.equal(told.indexOf('row 2'), told.indexOf('bot-interrupted') + 1);
  assert.deepEqual(told.slice(-2), ['call-ended', 'summary']);
  assert.equal(observer.counters('call-1'), undefined, 'the state of an ended call is dropped');
});

/** Of the one turn of `call` that was answered. */
const parts = {
  jitter_wait: 40,
  silence_wait: 600,
  turn_decision: 5,
  stt_final: 55,
  llm_first_token: 200,
  first_sentence: 50,
  tts_first_audio: 0,
  ring_wait: 50,
};

test('the summary of a call', () => {
  const { tap, summaries } = watch();
  for (const [atMs, body] of call) tap.publish(event(atMs, body));
  assert.equal(summaries.length, 1);
  assert.deepEqual(JSON.parse(JSON.stringify(summaries[0])), {
    call_id: 'call-1',
    duration: 10,
    metrics: {
      total_user_utterances: 2,
      total_bot_responses: 3,
      interruption_count: 1,
      conversation_turns: 2,
      avg_response_time: 1,
    },
    rtvi_enabled: true,
    speculation: { begun: 0, useful: 0 },
    features: ['barge-in'],
    media_quality: {
      packets_received: 100,
      packets_sent: 100,
      packets_lost: 2,
      frames_concealed: 2,
      frames_played: 100,
      loss_ratio: 0.02,
      jitter_ms: 3,
      playout_delay_ms: 40,
      round_trip_ms: null,
      mos: 4.1,
      recording_lost_ms: 0,
      remote_loss_ratio: null,
      remote_jitter_ms: null,
      remote_mos: null,
    },
    answered: true,
    end_reason: 'caller-hangup',
    end_detail: 'BYE',
    config_history: [{ at: 3.2, origin: 'rtvi 2.2.0 desk #1', changes: [{ setting: 'speed', from: 1, to: 1.2 }] }],
    ledger: {
      answered: 1,
      interrupted: 1,
      empty: 0,
      apologies: 0,
      median_parts_ms: parts,
      median_sum_ms: 1000,
      percentiles: { p50_parts_ms: parts, p90_parts_ms: parts, p50_sum_ms: 1000, p90_sum_ms: 1000 },
    },
  });
});

test('calls are kept apart, and what trails behind an end opens nothing', () => {
  const { tap, observer, summaries } = watch();
  for (const [atMs, body] of call) {
    tap.publish(event(atMs, body, 'a'));
    tap.publish(event(atMs, body, 'b'));
  }
  tap.publish(event(11_000, { type: 'user-stopped-speaking', speechMs: 1 }, 'a'));
  assert.deepEqual(
    summaries.map(({ call_id, metrics }) => [call_id, metrics.total_user_utterances]),
    [
      ['a', 2],
      ['b', 2],
    ],
  );
  assert.equal(observer.totals(ns(11_000)).liveCalls, 0);
});

test('a listener that throws harms no other', () => {
  const { tap, observer, told } = watch();
  observer.subscribe({
    onEvent: () => {
      throw new Error('broken');
    },
  });
  tap.publish(event(0, callStarted));
  tap.publish(event(1, { type: 'user-started-speaking' }));
  assert.deepEqual(told, ['call-started', 'user-started-speaking']);
});

test('a closed observer listens no more', () => {
  const { tap, observer, told } = watch();
  observer.close();
  tap.publish(event(0, callStarted));
  assert.deepEqual(told, []);
  assert.equal(tap.listeners, 0);
});

test('the totals as Prometheus text: every line is well formed, no label names a call', () => {
  const { tap, observer } = watch();
  for (const [atMs, body] of call) tap.publish(event(atMs, body, 'secret-call-id'));
  const text = prometheusText(observer.totals(ns(10_000)));
  for (const line of text.trimEnd().split('\n'))
    assert.match(line, /^(# (HELP|TYPE) oavc_\w+ .+|oavc_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? (-?[\d.e+-]+|NaN))$/);
  assert.doesNotMatch(text, /secret-call-id/);
  for (const expected of [
    'oavc_calls_started_total 1',
    'oavc_calls_ended_total{reason="caller-hangup"} 1',
    'oavc_turns_total{kind="interrupted"} 1',
    'oavc_turn_felt_seconds_count 1',
    'oavc_turn_part_seconds_sum{part="silence_wait"} 0.6',
    'oavc_media_packets_lost_total 2',
  ])
    assert.ok(text.split('\n').includes(expected), expected);
  const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  assert.equal(new Set(names).size, names.length, 'a metric is declared once');
});
