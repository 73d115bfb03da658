/** The metrics against the grammar of the exposition format 0.0.4, as a scraper reads it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLog } from '../../src/log.js';
import { prometheusText } from '../../src/observer/export.js';
import { Observer } from '../../src/observer/observer.js';
import { Tap } from '../../src/observer/tap.js';
import type { EventBody } from '../../src/pipeline/events.js';
import { callStarted, event, ns, quality, turnTimes } from './events.js';

interface Family {
  type: string;
  series: Map<string, number>;
}

const namePattern = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const sampleLine = new RegExp(`^(${namePattern})(\\{(.*)\\})? (\\S+)$`);
const labelPattern = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/;

/** Families by name; fails where a line breaks the format. */
function parsed(text: string): Map<string, Family> {
  assert.ok(text.endsWith('\n'), 'the last line ends too');
  const families = new Map<string, Family>();
  let help = '';
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = new RegExp(`^# (HELP|TYPE) (${namePattern}) (.*)$`).exec(line) ?? [];
    if (kind === 'HELP') {
      assert.doesNotMatch(rest, /\\(?![\\n])/, 'a backslash in a help text is escaped');
      help = name;
    } else if (kind === 'TYPE') {
      assert.equal(name, help, 'the type follows the help of the same metric');
      assert.ok(!families.has(name), `${name} is one group`);
      families.set(name, { type: rest, series: new Map() });
      current = name;
    } else sample(line, current, families.get(current));
  }
  return families;
}

function sample(line: string, family: string, { type, series }: Family = { type: '', series: new Map() }): void {
  const [, name = '', , labels = '', value = ''] = sampleLine.exec(line) ?? assert.fail(`no sample: ${line}`);
  const suffixes = type === 'summary' ? ['', '_sum', '_count'] : [''];
  assert.ok(
    suffixes.some((suffix) => name === family + suffix),
    `${name} stands under ${family}`,
  );
  for (let rest = labels; rest !== ''; ) {
    const [label] = labelPattern.exec(rest) ?? assert.fail(`no label: ${rest}`);
    rest = rest.slice(label.length);
  }
  if (type === 'summary' && name === family) assert.match(labels, /quantile="0\.\d+"/);
  assert.ok(value === 'NaN' || Number.isFinite(Number(value)), `${line} is a number`);
  const key = `${name}{${labels}}`;
  assert.ok(!series.has(key), `${key} stands once`);
  series.set(key, Number(value));
}

function observed(steps: [number, EventBody][]): Map<string, Family> {
  const log = openLog('test', 'silent');
  const tap = new Tap(log);
  const observer = new Observer({ tap, log, rtviEnabled: true });
  for (const [atMs, body] of steps) tap.publish(event(atMs, body));
  return parsed(prometheusText(observer.totals(ns(10_000))));
}

const turn = (n: number, endMs: number, more: [number, EventBody][]): [number, EventBody][] => [
  [endMs + 10, { type: 'user-stopped-speaking', speechMs: 500 }],
  [endMs + 700, { type: 'user-turn-ended', turn: n, text: 'x', times: turnTimes(endMs, [40, 640, 645, 700]) }],
  ...more,
];
const spoke = (n: number, atMs: number): [number, EventBody][] => [
  [atMs, { type: 'bot-started-speaking', turn: n, firstPacketNs: ns(atMs) }],
  [atMs + 500, { type: 'bot-stopped-speaking', turn: n, speechMs: 500 }],
];

test('every line is what a scraper expects, before the first call and after', () => {
  for (const families of [observed([]), observed([[0, callStarted], ...turn(1, 1000, spoke(1, 2000))])]) {
    for (const [name, { type }] of families) {
      if (type === 'counter') assert.match(name, /_total$/);
      if (name.startsWith('oavc_turn_')) assert.equal(type, 'summary');
    }
    assert.ok(families.size > 15, 'they were read');
  }
});

test('only answered turns make the percentiles; the others are counted apart', () => {
  const families = observed([
    [0, callStarted],
    ...turn(1, 1000, spoke(1, 2000)),
    ...turn(2, 3000, []),
    ...turn(3, 4000, [
      [4800, { type: 'sentence', turn: 3, index: 0, text: 'Sorry.', apology: true }],
      ...spoke(3, 5000),
    ]),
    [6000, { type: 'media-quality', quality: quality() }],
    [6100, { type: 'call-ended', reason: 'caller-hangup', detail: '' }],
  ]);
  const value = (family: string, labels = '') => families.get(family)?.series.get(`${family}{${labels}}`);
  const kinds = ['answered', 'interrupted', 'empty', 'apology'].map((kind) =>
    value('oavc_turns_total', `kind="${kind}"`),
  );
  assert.deepEqual(kinds, [1, 0, 1, 1]);
  assert.equal(families.get('oavc_turn_felt_seconds')?.series.get('oavc_turn_felt_seconds_count{}'), 1);
  assert.equal(families.get('oavc_turn_felt_seconds')?.series.get('oavc_turn_felt_seconds_sum{}'), 1);
  const silence = families.get('oavc_turn_part_seconds')?.series.get('oavc_turn_part_seconds_sum{part="silence_wait"}');
  assert.equal(silence, 0.6);
  assert.equal(value('oavc_calls_ended_total', 'reason="caller-hangup"'), 1);
  assert.equal(value('oavc_calls_live'), 0);
});
