/** projectrtp as an echo: projectrtp-server.js CALLS FIRST_REMOTE_PORT echo|stream. `echo` stays native; `stream` takes
 * 16 kHz to JavaScript and gives 8 kHz back, as ours does. Prints its ports, runs until its input ends. */
import type { Readable, Writable } from 'node:stream';
import { isAbsent, type Outcome } from '../bench.js';
import { loadPeer } from '../peers.js';

interface Channel {
  local: { port: number };
  echo(): boolean;
  createReadStream(options: { samplerate: number }): Readable;
  createWriteStream(): Writable;
}
interface ProjectRtp {
  projectrtp: { run(options?: object): void; openchannel(options: object): Promise<Channel> };
}

/** What it heard holds nothing over 4 kHz, so every second sample says it all. */
function streamBack(channel: Channel): void {
  const out = channel.createWriteStream();
  channel.createReadStream({ samplerate: 16000 }).on('data', (octets: Buffer) => {
    const line = Buffer.allocUnsafe(octets.length / 2);
    for (let at = 0; at < line.length; at += 2) line.writeInt16LE(octets.readInt16LE(2 * at), at);
    out.write(line);
  });
}

async function serve(calls: number, firstRemotePort: number, streams: boolean): Promise<void> {
  const peer = loadPeer('@babblevoice/projectrtp') as ProjectRtp;
  if (isAbsent(peer as unknown as Outcome)) throw new Error(JSON.stringify(peer));
  peer.projectrtp.run({ ports: { start: 20000, end: 29998 } });
  const ports: number[] = [];
  for (let call = 0; call < calls; call++) {
    const remote = { address: '127.0.0.1', port: firstRemotePort + 2 * call, codec: 0 };
    const channel = await peer.projectrtp.openchannel({ remote });
    if (streams) streamBack(channel);
    else channel.echo();
    ports.push(channel.local.port);
  }
  process.stdout.write(`${JSON.stringify({ ports })}\n`);
  process.stdin.on('end', () => process.exit(0)).resume();
}

await serve(Number(process.argv[2]), Number(process.argv[3]), process.argv[4] === 'stream');
