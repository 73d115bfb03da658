/** Recordings of `oavc serve`: both sides at their times, in files that are whole and closed however a call ends. */
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stringify } from 'ini';
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { readWav } from '../../src/caller/wav.js';
import type { EventLine } from '../../src/cli/event-lines.js';
import { loadConfig } from '../../src/config/load.js';
import { ServerProcess } from '../../src/demo/server-process.js';
import { rms, voicedEnd, voicedStart } from '../../src/media/voiced.js';
import { Arrivals } from '../support/leg-probe.js';
import { joined, quiet, spokenWords } from '../support/spoken-words.js';
import { testFolder } from '../support/tiny-models/folder.js';
import { runMedia } from '../support/two-ends.js';

const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
runMedia(); // of the telephone
const folder = testFolder();
const rateHz = 16_000;
/** Of a step of the jitter buffer and the steps by which voice is judged; a busy host adds to it. */
const toleranceMs = 150;

type TestedEvent = Extract<EventLine, { type: 'event' }>['event'];

/** The server with scripted engines, in a process of its own, that records into a folder of its own. */
async function serve(name: string, settings: Record<string, object>) {
  const dir = join(folder, name);
  const file = join(folder, `${name}.ini`);
  const given = {
    sip: { enabled: true, ip: '127.0.0.1', port: 0 },
    rtp: { bind_ip: '127.0.0.1', ip: '127.0.0.1', codecs: 'PCMU', realtime: false },
    turn: { silence_ms: 400 },
    stt: { engine: 'scripted' },
    llm: { engine: 'scripted' },
    tts: { engine: 'scripted' },
    recording: { enabled: true, dir },
    log: { level: 'error' },
    'agent default': { greeting: 'Welcome' },
  };
  writeFileSync(file, stringify({ ...given, ...settings }, { whitespace: true }));
  const events = new Arrivals<TestedEvent>();
  const { server, listening } = await ServerProcess.start(file, (line) => {
    if (line.type === 'event') events.push(line.event);
  });
  return { server, uri: `sip:bot@127.0.0.1:${listening.sip?.port ?? 0}`, dir, events };
}

/** The next event of that type; those before it are dropped. */
async function next(events: Arrivals<TestedEvent>, type: TestedEvent['type']): Promise<TestedEvent> {
  for (;;) {
    const event = await events.next();
    if (event.type === type) return event;
  }
}

const look = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));

/** Recordings that the process has open. */
const openFiles = (pid: number, dir: string): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/${pid}/fd/${fd}`);
      return path.startsWith(dir) ? [path] : [];
    } catch {
      return []; // closed meanwhile
    }
  });

/** The one recording of the folder; throws unless the file is as long as it says. */
function recordingIn(dir: string): { left: Int16Array; right: Int16Array } {
  const [name = '', ...more] = readdirSync(dir);
  assert.deepEqual(more, []);
  const path = join(dir, name);
  const { channels, rateHz: rate } = readWav(path);
  const [left = new Int16Array(), right = new Int16Array()] = channels;
  assert.equal(rate, rateHz);
  assert.equal(statSync(path).size, 44 + 2 * (left.length + right.length));
  return { left, right };
}

const msOf = (samples: number): number => (samples * 1000) / rateHz;

test('the caller is on the left and the bot on the right, at the times of the call', { timeout: 60_000 }, async (t) => {
  const { server, uri, dir, events } = await serve('sides', {});
  t.after(() => server.stop());
  const words = await spokenWords('how is the weather in the north today');
  const loudNs: bigint[] = [];
  await withSipLine(config, async (signalling) => {
    const onFrame = ({ samples, playoutNs }: { samples: Int16Array; playoutNs: bigint }) => {
      if (rms(samples) > 1000) loudNs.push(playoutNs);
    };
    const phone = await Phone.call(uri, config, signalling, { onFrame, onEnded: () => undefined });
    await next(events, 'bot-stopped-speaking');
    const { lastVoicedNs } = await phone.say(joined(words, quiet(600)));
    await next(events, 'bot-stopped-speaking');
    await phone.hangUp();
    await next(events, 'call-ended');
    while (openFiles(server.pid, dir).length > 0) await look();

    const { left, right } = recordingIn(dir);
    const [from, to] = [voicedStart(left, rateHz), voicedEnd(left, rateHz)];
    const greetingMs = msOf(voicedEnd(right.subarray(0, from), rateHz) - voicedStart(right, rateHz));
    assert.ok(Math.abs(greetingMs - 420) <= toleranceMs, `the greeting lasts ${greetingMs} ms`);
    const spokenMs = (words.length * 1000) / 8000;
    assert.ok(
      Math.abs(msOf(to - from) - spokenMs) <= toleranceMs,
      `${msOf(to - from)} of ${spokenMs} ms of the caller`,
    );
    assert.ok(rms(right, from, to) < 10, 'the bot is silent while the caller speaks');
    const waited = msOf(voicedStart(right.subarray(to), rateHz));
    const answeredNs = loudNs.find((atNs) => atNs > lastVoicedNs) ?? 0n;
    const felt = Number(answeredNs - lastVoicedNs) / 1e6;
    assert.ok(Math.abs(waited - felt) <= toleranceMs, `the answer after ${waited} ms, the caller felt ${felt}`);
    assert.ok(rms(left, to + rateHz / 5) < 10, 'the caller is silent while the bot answers');
  });
});

interface Ending {
  reason: string;
  settings: Record<string, object>;
  /** Makes the call end. */
  end(phone: Phone, server: ServerProcess): Promise<void>;
}

const endings: Record<string, Ending> = {
  'the bot hangs up': {
    reason: 'bot-hangup',
    settings: {
      stt: { engine: 'scripted', model: 'call hang_up {}' },
      'agent default': { greeting: 'Welcome', tools: 'hang_up' },
    },
    end: async (phone) => void phone.say(joined(await spokenWords('that was all'), quiet(800))).catch(() => undefined),
  },
  'the caller is gone': {
    reason: 'media-timeout',
    settings: { rtp: { bind_ip: '127.0.0.1', ip: '127.0.0.1', codecs: 'PCMU', realtime: false, timeout_s: 1 } },
    end: async (phone) => phone.media.start({ ...phone.stream, direction: 'recvonly' }),
  },
  'it lasted too long': { reason: 'too-long', settings: { call: { max_s: 1 } }, end: async () => undefined },
  'the server ends': {
    reason: 'shutdown',
    settings: {},
    end: async (_phone, server) => server.stop(),
  },
};

describe('a recording is whole and closed', () => {
  for (const [name, { reason, settings, end }] of Object.entries(endings))
    test(name, { timeout: 60_000 }, async (t) => {
      const { server, uri, dir, events } = await serve(name.replaceAll(' ', '-'), settings);
      t.after(() => server.stop());
      await withSipLine(config, async (signalling) => {
        const phone = await Phone.call(uri, config, signalling, { onFrame: () => {}, onEnded: () => undefined });
        await next(events, 'bot-stopped-speaking');
        await end(phone, server);
        const ended = await next(events, 'call-ended');
        assert.equal(ended.type === 'call-ended' && ended.reason, reason);
        await phone.hangUp();
      });
      const running = name !== 'the server ends';
      while (running && openFiles(server.pid, dir).length > 0) await look();
      const { right } = recordingIn(dir);
      assert.ok(voicedEnd(right, rateHz) - voicedStart(right, rateHz) >= 0.3 * rateHz, 'the greeting is in it');
    });
});
