/** The real process with scripted engines: starts, is called by the real caller, tells its events, ends in order. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readWav, writeWav } from '../../src/caller/wav.js';
import type { EventLine } from '../../src/cli/event-lines.js';
import { tone } from '../support/parrot.js';

const mainFile = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'oavc-serve-'));
after(() => rmSync(folder, { recursive: true }));

const env = { PATH: process.env.PATH ?? '', HOME: folder };
const scripted = ['--stt', 'scripted', '--llm', 'scripted', '--tts', 'scripted', '--log-level', 'warn'];

interface Server {
  child: ChildProcess;
  port: number;
  lines: EventLine[];
  /** Resolves with the first line of this type, past or future. */
  line<T extends EventLine['type']>(type: T): Promise<Extract<EventLine, { type: T }>>;
}

async function serve(args: string[] = []): Promise<Server> {
  const child = spawn(
    process.execPath,
    [mainFile, 'serve', ...scripted, '--sip-port', '0', '--events-fd', '3', ...args],
    {
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    },
  );
  const reader = createInterface({ input: child.stdio[3] as Readable });
  const lines: EventLine[] = [];
  reader.on('line', (text) => {
    lines.push(JSON.parse(text));
    reader.emit('told');
  });
  const line: Server['line'] = async (type) => {
    for (;;) {
      const found = lines.find((each): each is Extract<EventLine, { type: typeof type }> => each.type === type);
      if (found) return found;
      await once(reader, 'told');
    }
  };
  const { sip } = await line('listening');
  return { child, port: sip?.port ?? 0, lines, line };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, 'close');
  return code;
}

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
