/**
 * rtpengine, in user space, between two codecs: rtpengine-server.js CALLS FIRST_REMOTE_PORT. A caller speaks PCMU, the
 * other side of the call is the same socket and hears PCMA, so each packet is decoded and encoded once. Prints ports
 * and the daemon's pid, runs until its input ends.
 */
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const controlPort = 22222;
const attempts = 50;

type Value = string | Value[] | { [key: string]: Value };

/** Bencoding, what the NG protocol speaks: strings with their length, lists, dictionaries in the order of keys. */
export function bencode(value: Value): string {
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`;
  if (Array.isArray(value)) return `l${value.map(bencode).join('')}e`;
  const keys = Object.keys(value).sort();
  return `d${keys.map((key) => bencode(key) + bencode(value[key] ?? '')).join('')}e`;
}

/** The strings of a flat dictionary; other values are passed over. */
export function stringsOf(text: string): Record<string, string> {
  const strings = [...text.matchAll(/(\d+):/g)];
  const all: string[] = [];
  let end = 1;
  for (const match of strings) {
    if (match.index < end) continue;
    const start = match.index + match[0].length;
    end = start + Number(match[1]);
    all.push(text.slice(start, end));
  }
  return Object.fromEntries(all.flatMap((key, i) => (i % 2 === 0 ? [[key, all[i + 1] ?? '']] : [])));
}

/** Asks over UDP, as the NG protocol has it: a cookie, a blank, a dictionary; asks again while nothing answers. */
class Control {
  readonly #socket: Socket = createSocket('udp4');
  #serial = 0;

  async ask(command: string, fields: Record<string, Value>): Promise<Record<string, string>> {
    const cookie = `bench${++this.#serial}`;
    const text = `${cookie} ${bencode({ command, ...fields })}`;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const answer = await this.#try(text, cookie);
      if (answer !== undefined) return stringsOf(answer);
    }
    throw new Error(`rtpengine does not answer ${command}`);
  }

  #try(text: string, cookie: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const done = (answer: string | undefined) => {
        clearTimeout(timer);
        this.#socket.off('message', take);
        resolve(answer);
      };
      const take = (datagram: Buffer) => {
        const answer = datagram.toString('latin1');
        if (answer.startsWith(`${cookie} `)) done(answer.slice(cookie.length + 1));
      };
      const timer = setTimeout(() => done(undefined), 200);
      this.#socket.on('message', take);
      this.#socket.send(text, controlPort, '127.0.0.1');
    });
  }

  close(): void {
    this.#socket.close();
  }
}

const sdp = (port: number, payloadType: number, name: string): string =>
  [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP ${payloadType}`,
    `a=rtpmap:${payloadType} ${name}/8000`,
    '',
  ].join('\r\n');

/** Offers PCMU, has it transcoded to PCMA, answers with the same address; returns the port that the caller sends to. */
async function openCall(control: Control, call: number, port: number): Promise<number> {
  const ids = { 'call-id': `call${call}`, 'from-tag': `from${call}` };
  const offer = {
    sdp: sdp(port, 0, 'PCMU'),
    codec: { strip: ['PCMU'], transcode: ['PCMA'] },
    flags: ['trust-address'],
    ICE: 'remove',
  };
  const offered = await control.ask('offer', { ...ids, ...offer });
  if (!/m=audio \d+ RTP\/AVP 8/.test(offered.sdp ?? ''))
    throw new Error(`rtpengine refused: ${JSON.stringify(offered)}`);
  const answer = { 'to-tag': `to${call}`, sdp: sdp(port, 8, 'PCMA'), flags: ['trust-address'], ICE: 'remove' };
  const answered = await control.ask('answer', { ...ids, ...answer });
  return Number(/m=audio (\d+)/.exec(answered.sdp ?? '')?.[1]);
}

async function serve(calls: number, firstRemotePort: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'oavc-rtpengine-'));
  const daemon = spawn(
    'rtpengine',
    [
      '--foreground',
      '--table=-1',
      '--interface=127.0.0.1',
      `--listen-ng=127.0.0.1:${controlPort}`,
      '--port-min=20000',
      '--port-max=29999',
      '--log-level=3',
      '--log-stderr',
      `--pidfile=${join(folder, 'pid')}`,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const control = new Control();
  const end = () => {
    daemon.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  };
  process.stdin.on('end', end).resume();
  await control.ask('ping', {});
  const ports: number[] = [];
  for (let call = 0; call < calls; call++) ports.push(await openCall(control, call, firstRemotePort + 2 * call));
  control.close();
  process.stdout.write(`${JSON.stringify({ ports, pid: daemon.pid })}\n`);
}

await serve(Number(process.argv[2]), Number(process.argv[3]));
