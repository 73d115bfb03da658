/** The real process with scripted engines: starts, is called by the real caller, tells its events, ends in order. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readWav, writeWav } from '../../src/caller/wav.js';
import { tone } from '../support/parrot.js';
import { ended, mainFile, scripted, served, servedEnv } from '../support/served.js';
import { spokenWords } from '../support/spoken-words.js';

const folder = mkdtempSync(join(tmpdir(), 'oavc-serve-'));
after(() => rmSync(folder, { recursive: true }));

const serve = (args: string[] = []) => served(folder, ['--sip-port', '0', ...args]);
const env = servedEnv(folder);

test('a call from `oavc call` is told event by event, and the first signal ends the server in order', async () => {
  const server = await serve();
  const wav = join(folder, 'question.wav');
  const record = join(folder, 'call.wav');
  writeWav(wav, { rateHz: 16000, channels: [tone(400, 300, 16000)] });
  const uri = `sip:bot@127.0.0.1:${server.port}`;
  const call = spawn(process.execPath, [mainFile, 'call', uri, '--record', record], { env, stdio: 'pipe' });
  let output = '';
  call.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  assert.equal(await ended(call), 0);
  const { summary } = await server.line('summary');
  assert.equal(summary.end_reason, 'caller-hangup');
  const events = server.lines.flatMap((line) => (line.type === 'event' ? [line.event.type] : []));
  assert.equal(events[0], 'call-started');
  assert.ok(events.includes('bot-started-speaking'), 'the greeting');
  assert.match(output, /^codec +PCMU$/m);
  assert.match(output, /^lost +0 /m);
  const { channels } = readWav(record);
  assert.equal(channels.length, 2);
  assert.ok(
    channels[1]?.some((sample) => Math.abs(sample) > 1000),
    'the greeting is on the right',
  );
  server.child.kill('SIGTERM');
  assert.equal(await ended(server.child), 0);
});

test('a server whose parent has gone ends by itself', async () => {
  const { child } = await serve();
  child.stdio[3]?.destroy();
  assert.equal(await ended(child), 0);
});

test('a taken SIP port is one clear line and exit code 1', async () => {
  const first = await serve();
  const second = spawn(process.execPath, [mainFile, 'serve', ...scripted, '--sip-port', `${first.port}`], {
    env,
    stdio: 'pipe',
  });
  let stderr = '';
  second.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  assert.equal(await ended(second), 1);
  assert.match(stderr, new RegExp(`^oavc: LISTEN_FAILED: .*127\\.0\\.0\\.1:${first.port}.*\\n$`));
  first.child.kill('SIGINT');
  assert.equal(await ended(first.child), 0);
});

test('with --watch the report has where the time of each answer went', async () => {
  const server = await serve(['--rtvi-enabled', '--rtvi-port', '0']);
  const [wav, report] = [join(folder, 'words.wav'), join(folder, 'watched.json')];
  writeWav(wav, { rateHz: 8000, channels: [await spokenWords('what are your opening hours on Saturday')] });
  const files = ['--wav', wav, '--record', join(folder, 'watched.wav'), '--report', report];
  const watch = ['--watch', `ws://127.0.0.1:${server.rtviPort}/rtvi`];
  const call = spawn(process.execPath, [mainFile, 'call', `sip:bot@127.0.0.1:${server.port}`, ...files, ...watch], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  call.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  assert.equal(await ended(call), 0, output);
  const { turns, exchanges } = JSON.parse(readFileSync(report, 'utf8'));
  const sum = Object.values<number>(turns[0].parts_ms).reduce((all, ms) => all + ms, 0);
  assert.ok(Math.abs(sum - exchanges[0].feltMs) <= 60, `parts ${sum} ms, felt ${exchanges[0].feltMs} ms`);
  assert.match(output, /^silence_wait p50, p90 +\d+, \d+ ms$/m);
  server.child.kill('SIGTERM');
  assert.equal(await ended(server.child), 0);
});

test('what is recorded in the report can be read by a program', async () => {
  const server = await serve();
  const report = join(folder, 'report.json');
  const args = [
    mainFile,
    'call',
    `sip:bot@127.0.0.1:${server.port}`,
    '--record',
    join(folder, 'r.wav'),
    '--report',
    report,
  ];
  assert.equal(await ended(spawn(process.execPath, args, { env, stdio: 'ignore' })), 0);
  const { codec, exchanges, media } = JSON.parse(readFileSync(report, 'utf8'));
  assert.deepEqual([codec, exchanges], ['PCMU', []]);
  assert.ok(media.packetsReceived > 0);
  server.child.kill('SIGTERM');
  assert.equal(await ended(server.child), 0);
});
