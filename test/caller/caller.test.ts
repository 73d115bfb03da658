/** The caller against a parrot, over real SIP and RTP: what it measures is what happened. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeCall } from '../../src/caller/caller.js';
import { recordRateHz } from '../../src/caller/recorder.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import { openLog } from '../../src/log.js';
import { loadAddon } from '../../src/media/addon.js';
import { heldSessions } from '../../src/media/session.js';
import { rms } from '../../src/media/voiced.js';
import type { Leg } from '../../src/signalling/leg.js';
import { everybody } from '../../src/signalling/sip/admission.js';
import { SipServer } from '../../src/signalling/sip/server.js';
import { parrot, tone } from '../support/parrot.js';

const settings = { 'log.level': 'silent', 'rtp.codecs': 'PCMU' };
const commandLine = Object.entries(settings).map(([key, text]) => ({ key, text, origin: 'test' }));
const { config } = loadConfig({ file: undefined, env: {}, commandLine });

before(() => loadAddon().startEngine({ realtime: false }));
after(() => loadAddon().stopEngine());

/** Media that parrots hold, to be given back after each test. */
const ends: (() => Promise<void>)[] = [];

/** Runs `work` with somebody who can be called. */
async function withCallee(onLeg: (leg: Leg) => void, work: (uri: string) => Promise<void>): Promise<void> {
  const log = openLog('callee', 'silent');
  const server = new SipServer({
    ip: '127.0.0.1',
    port: 0,
    maxCalls: 1,
    admission: everybody,
    log,
    userAgent: 'callee',
  });
  const { address, port } = await server.start(onLeg);
  try {
    await work(`sip:callee@${address}:${port}`);
  } finally {
    await Promise.all(ends.splice(0).map((end) => end()));
    await server.stop();
  }
}

const line = (ms: number) => ({ text: `${ms} ms`, interrupts: false, samples: tone(400, ms, 8000), rateHz: 8000 });

/** Position of the first and behind the last 10 ms that sound, in samples. */
function sounding(channel: Int16Array): [number, number] {
  const step = recordRateHz / 100;
  const loud = Array.from(
    { length: Math.floor(channel.length / step) },
    (_, i) => rms(channel, i * step, (i + 1) * step) > 500,
  );
  return [loud.indexOf(true) * step, (loud.lastIndexOf(true) + 1) * step];
}

test('felt latency, answer length and recording agree with what the parrot did', async () => {
  const answer = (leg: Leg) => {
    ends.push(parrot(leg, { config, hangoverMs: 400, toneMs: 600, toneHz: 700 }).close);
  };
  await withCallee(answer, async (uri) => {
    const report = await withSipLine(config, (signalling) =>
      makeCall({ uri, config, signalling, lines: [line(500)], patience: { greetingMs: 100 } }),
    );
    const [exchange] = report.exchanges;
    assert.equal(report.codec, 'PCMU');
    assert.equal(report.ended, undefined);
    // The parrot waits for 400 ms of silence after a jitter buffer of some frames, and sends with the next tick.
    assert.ok(exchange?.feltMs !== undefined && exchange.feltMs > 400 && exchange.feltMs < 700, `${exchange?.feltMs}`);
    // The frames at both ends may hold sound of two packets each, and a packet may be late.
    assert.ok(Math.abs((exchange.answerMs ?? 0) - 600) <= 60, `${exchange.answerMs}`);
    const [left = new Int16Array(0), right = new Int16Array(0)] = report.recording.channels;
    const [callerFrom, callerTo] = sounding(left);
    const [botFrom, botTo] = sounding(right);
    const ms = (samples: number) => (samples * 1000) / recordRateHz;
    assert.ok(Math.abs(ms(callerTo - callerFrom) - 500) <= 30, 'the caller is recorded whole');
    assert.ok(Math.abs(ms(botTo - botFrom) - 600) <= 40, 'the bot is recorded whole');
    // On the recording the answer is heard after its time in the jitter buffer.
    const gapMs = ms(botFrom - callerTo);
    assert.ok(gapMs >= exchange.feltMs - 30 && gapMs <= exchange.feltMs + 120, `gap ${gapMs}, felt ${exchange.feltMs}`);
  });
  assert.equal(heldSessions(), 0);
});

test('a refused call is an error with the status, and holds nothing', async () => {
  await withCallee(
    (leg) => {
      leg.handle({ onEnded: () => undefined, onReoffer: async () => '', onDigit: () => undefined });
      void leg.refuse(603, 'Decline');
    },
    async (uri) => {
      const call = withSipLine(config, (signalling) => makeCall({ uri, config, signalling, lines: [] }));
      await assert.rejects(call, /INVITE was refused with 603 Decline/);
    },
  );
  assert.equal(heldSessions(), 0);
});

test('when the other side hangs up, what was measured until then is kept', async () => {
  await withCallee(
    (leg) => {
      const { close } = parrot(leg, { config, hangoverMs: 200, toneMs: 400, toneHz: 700, hangUpAfter: 1 });
      ends.push(close);
    },
    async (uri) => {
      const report = await withSipLine(config, (signalling) =>
        makeCall({
          uri,
          config,
          signalling,
          lines: [line(300), line(300)],
          patience: { greetingMs: 100, answerMs: 2000 },
        }),
      );
      assert.match(report.ended ?? '', /^hangup/);
      assert.deepEqual(
        report.exchanges.map(({ feltMs }) => feltMs),
        [undefined],
        'the second was never asked',
      );
    },
  );
  assert.equal(heldSessions(), 0);
});

test('a caller who has had enough ends the call, while it rings and after', async () => {
  const wish = new AbortController();
  const unanswered = (leg: Leg) => {
    leg.handle({ onEnded: () => undefined, onReoffer: async () => '', onDigit: () => undefined });
    leg.ringing();
  };
  await withCallee(unanswered, async (uri) => {
    const placing = { signal: wish.signal, onProgress: (stage: string) => stage === 'ringing' && wish.abort() };
    const call = withSipLine(config, (signalling) => makeCall({ uri, config, signalling, lines: [], placing }));
    await assert.rejects(call, { code: 'CALL_CANCELLED' });
  });
  const silent = (leg: Leg) => {
    ends.push(parrot(leg, { config, hangoverMs: 200, toneMs: 400, toneHz: 700 }).close);
  };
  await withCallee(silent, async (uri) => {
    const enough = new AbortController();
    const progress = { asking: () => enough.abort() };
    const report = await withSipLine(config, (signalling) =>
      makeCall({
        uri,
        config,
        signalling,
        lines: [line(300)],
        patience: { greetingMs: 100 },
        progress,
        placing: { signal: enough.signal },
      }),
    );
    assert.match(report.ended ?? '', /by the caller/);
  });
  assert.equal(heldSessions(), 0);
});
