/** Digits that we send arrive at another telephone: at our own, and at baresip. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mediaOptions, Negotiation } from '../../src/call/negotiate.js';
import { openLog } from '../../src/log.js';
import { loadAddon } from '../../src/media/addon.js';
import { HeardRing, SpokenRing } from '../../src/media/sample-ring.js';
import { CallMedia } from '../../src/media/session.js';
import { everybody } from '../../src/signalling/sip/admission.js';
import { SipServer } from '../../src/signalling/sip/server.js';
import { baresipMissing, callWithBaresip } from '../support/baresip.js';
import { tone } from '../support/parrot.js';
import { quiet } from '../support/spoken-words.js';
import { testFolder } from '../support/tiny-models/folder.js';
import { configured, connected, runMedia, until } from '../support/two-ends.js';

runMedia();

const folder = testFolder();

/** Resolves with the digits of `count` presses that `media` heard; woken by the media thread. */
function digitsHeard(media: CallMedia, count: number): Promise<{ digit: string; durationMs: number }[]> {
  const heard = new HeardRing(media.rings.heard);
  const found: { digit: string; durationMs: number }[] = [];
  return new Promise((resolve) => {
    const wake = loadAddon().openWake(() => {
      for (let next = heard.nextDigit(); next; next = heard.nextDigit()) found.push(next);
      if (found.length < count) return;
      loadAddon().closeWake(wake);
      resolve(found);
    });
    media.setWake(wake);
  });
}

describe('telephone events from end to end', () => {
  for (const codec of ['PCMU', 'opus', 'L16'])
    test(`over ${codec}, one digit each, with its length`, { timeout: 20_000 }, () =>
      connected(codec, {}, async (here, there) => {
        const digits = digitsHeard(there, 16);
        here.sendDigits('1234567890*#ABCD');
        const found = await digits;
        assert.equal(found.map(({ digit }) => digit).join(''), '1234567890*#ABCD');
        for (const { durationMs } of found) assert.equal(durationMs, 160);
      }),
    );
});

describe('tones in the audio', () => {
  const press = (low: number, high: number, rateHz: number) => {
    const second = tone(high, 120, rateHz, 6000);
    return tone(low, 120, rateHz, 6000).map((sample, at) => sample + (second[at] ?? 0));
  };
  const settings = { 'rtp.detect_tones': 'true' };

  test('are digits where they are looked for', { timeout: 20_000 }, () =>
    connected('PCMU', settings, async (here, there, rateHz) => {
      const digits = digitsHeard(there, 2);
      const spoken = new SpokenRing(here.rings.spoken);
      for (const [low, high] of [
        [770, 1336],
        [941, 1477],
      ] as const) {
        spoken.write(press(low, high, rateHz), spoken.epoch);
        spoken.write(quiet(120, rateHz), spoken.epoch);
      }
      const found = await digits;
      assert.deepEqual(
        found.map(({ digit }) => digit),
        ['5', '#'],
      );
      for (const { durationMs } of found) assert.ok(Math.abs(durationMs - 120) <= 20, `${durationMs} ms`);
    }),
  );

  test('say nothing new once telephone events came', { timeout: 20_000 }, () =>
    connected('PCMU', settings, async (here, there, rateHz) => {
      const digits = digitsHeard(there, 2);
      here.sendDigits('1');
      const spoken = new SpokenRing(here.rings.spoken);
      spoken.write(quiet(400, rateHz), spoken.epoch);
      spoken.write(press(770, 1336, rateHz), spoken.epoch);
      const end = spoken.written;
      await until(() => spoken.played === end);
      here.sendDigits('2');
      assert.equal((await digits).map(({ digit }) => digit).join(''), '12');
    }),
  );
});

test('baresip receives what we send', { skip: baresipMissing, timeout: 60_000 }, async () => {
  const config = configured({ 'rtp.codecs': 'PCMU' });
  const media = CallMedia.open(mediaOptions(config, 0));
  const server = new SipServer({
    ip: '127.0.0.1',
    port: 0,
    maxCalls: 1,
    admission: everybody,
    log: openLog('t', 'silent'),
    userAgent: 't',
  });
  const { port } = await server.start((leg) => {
    leg.handle({ onEnded: () => undefined, onReoffer: async () => leg.remoteSdp, onDigit: () => undefined });
    const { sdp, stream } = new Negotiation(config, media.rtpPort).answer(leg.remoteSdp);
    media.start(stream);
    void leg.answer(sdp).then(() => media.sendDigits('159*0#D'));
  });
  try {
    const { output } = await callWithBaresip(folder, `sip:digits@127.0.0.1:${port}`, quiet(4000, 8000), 'g711');
    const ended = [...output.matchAll(/received event: '(.)' \(end=1\)/g)].map(([, digit]) => digit);
    assert.equal(ended.join(''), '159*0#D', output);
  } finally {
    await media.close();
    await server.stop();
  }
});
