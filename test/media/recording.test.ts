/** Recordings of real media: both sides at their moments, and a call that does not care how its recording fares. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { prepareRecordings, recordingPath } from '../../src/call/recording.js';
import { readWav } from '../../src/caller/wav.js';
import { loadAddon } from '../../src/media/addon.js';
import { SpokenRing } from '../../src/media/sample-ring.js';
import { rms, voicedEnd, voicedStart } from '../../src/media/voiced.js';
import { tone } from '../support/parrot.js';
import { testFolder } from '../support/tiny-models/folder.js';
import { configured, connected, runMedia, until } from '../support/two-ends.js';

runMedia(2);
const folder = testFolder();

const filesClosed = () => until(() => loadAddon().engineStats().recordings === 0);

test('caller left, bot right, for its owner alone', { timeout: 20_000 }, async () => {
  const path = join(folder, 'call.wav');
  await connected('PCMU', {}, async (here, there, rateHz) => {
    there.record(path, 'wav');
    assert.throws(() => there.record(path, 'wav'), /being recorded/);
    const [caller, bot] = [here, there].map(({ rings }) => new SpokenRing(rings.spoken)) as [SpokenRing, SpokenRing];
    bot.write(tone(700, 200, rateHz), bot.epoch);
    const botEnd = bot.written;
    await until(() => bot.played === botEnd);
    caller.write(tone(300, 400, rateHz), caller.epoch);
    const callerEnd = caller.written;
    await until(() => caller.played === callerEnd);
    const { framesPlayed } = there.stats();
    await until(() => there.stats().framesPlayed > framesPlayed + 10); // what is on its way is heard
  });
  await filesClosed();
  const { rateHz, channels } = readWav(path);
  const [left = new Int16Array(), right = new Int16Array()] = channels;
  assert.equal(rateHz, 16_000);
  assert.equal(left.length, right.length);
  const ms = (side: Int16Array) => ((voicedEnd(side, rateHz) - voicedStart(side, rateHz)) * 1000) / rateHz;
  assert.ok(Math.abs(ms(left) - 400) <= 20, `${ms(left)} ms of the caller`);
  assert.ok(Math.abs(ms(right) - 200) <= 20, `${ms(right)} ms of the bot`);
  assert.ok(voicedEnd(right, rateHz) <= voicedStart(left, rateHz) + rateHz / 50, 'the bot spoke first');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('Opus in Ogg', { timeout: 20_000 }, async () => {
  const path = join(folder, 'call.opus');
  await connected('opus', {}, async (_here, there) => {
    there.record(path, 'opus');
    const { packetsSent } = there.stats();
    await until(() => there.stats().packetsSent > packetsSent + 30);
  });
  await filesClosed();
  assert.equal(readFileSync(path).toString('latin1', 28, 36), 'OpusHead');
});

test('a recording that cannot be written is counted, and the audio untouched', { timeout: 20_000 }, () =>
  connected('PCMU', {}, async (here, there, rateHz) => {
    there.record(join(folder, 'missing', 'call.wav'), 'wav');
    const caller = new SpokenRing(here.rings.spoken);
    caller.write(tone(300, 400, rateHz), caller.epoch);
    const end = caller.written;
    await until(() => caller.played === end && there.stats().recordingLostMs > 200);
    const heard = new Int16Array(there.rings.heard, 10_624, 16_000);
    assert.ok(rms(heard) > 1000);
    assert.equal(there.stats().framesConcealed, 0);
  }),
);

test('calls are spread over the threads, and each has its own counters', { timeout: 20_000 }, () =>
  connected('PCMU', {}, () =>
    connected('PCMU', {}, async (_here, there) => {
      const { threads } = loadAddon().engineStats();
      assert.deepEqual(
        threads.map(({ sessions }) => sessions),
        [2, 2],
      );
      await until(() =>
        loadAddon()
          .engineStats()
          .threads.every(({ ticks }, index) => ticks > (threads[index]?.ticks ?? 0)),
      );
      await until(() => there.stats().packetsReceived > 5);
    }),
  ),
);

describe('the file of a call', () => {
  const config = configured({ 'recording.enabled': 'true', 'recording.dir': folder, 'recording.format': 'opus' });

  test('is named after it', () => {
    assert.equal(
      recordingPath(config, 'a84b4c76e66710@pc33.example.com'),
      join(folder, 'a84b4c76e66710@pc33.example.com.opus'),
    );
    const [up, slash, long] = ['../../etc/passwd', 'a/b c', 'x'.repeat(300)].map((callId) =>
      recordingPath(config, callId),
    );
    assert.match(up ?? '', /\/_.{12,}-[0-9a-f]{8}\.opus$/);
    assert.match(slash ?? '', /\/a_b_c-[0-9a-f]{8}\.opus$/);
    assert.ok((long ?? '').length < folder.length + 120);
    assert.notEqual(recordingPath(config, 'a/b'), recordingPath(config, 'a_b'));
  });

  test('lies in a folder that is made for its owner', () => {
    const dir = join(folder, 'new');
    prepareRecordings(configured({ 'recording.enabled': 'true', 'recording.dir': dir }));
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    prepareRecordings(configured({ 'recording.dir': join(folder, 'unused') }));
    assert.equal(existsSync(join(folder, 'unused')), false);
  });

  test('a folder that cannot be is an error that says so', () =>
    assert.throws(() => prepareRecordings(configured({ 'recording.enabled': 'true', 'recording.dir': '/proc/none' })), {
      code: 'RECORDING_FAILED',
      message: /\/proc\/none/,
    }));

  test('no folder is refused before the start', () =>
    assert.throws(() => configured({ 'recording.enabled': 'true' }), /recording\.dir/));
});
