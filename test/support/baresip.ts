/** Runs baresip as a telephone: plays a WAV file into the call, and keeps what it heard as another. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav, writeWav } from '../../src/caller/wav.js';
import type { Wav } from '../../src/engines/wav.js';

const modulePaths = ['/usr/lib/baresip/modules', '/usr/local/lib/baresip/modules', '/usr/lib64/baresip/modules'];
const modules = modulePaths.find((path) => existsSync(join(path, 'sndfile.so')));

/** Why tests with baresip cannot run here; false where they can. */
export const baresipMissing =
  (spawnSync('baresip', ['-h']).error !== undefined || modules === undefined) &&
  'baresip is not installed (apt-get install baresip)';

/** The `aufile` source ends the call at its end; `sndfile` writes what comes and goes; `aubridge` plays to nobody. */
const configuration = (folder: string, codec: string, rateHz: number): string =>
  [
    'sip_listen 127.0.0.1:0',
    `audio_source aufile,${join(folder, 'said.wav')}`,
    'audio_player aubridge,nobody',
    'audio_alert aubridge,nobody',
    ...['ausrc', 'auplay'].flatMap((end) => [`${end}_srate ${rateHz}`, `${end}_channels 1`]),
    'rtp_ports 21000-21999',
    `module_path ${modules}`,
    ...[codec, 'aufile', 'aubridge', 'sndfile'].map((name) => `module ${name}.so`),
    ...['account', 'menu'].map((name) => `module_app ${name}.so`),
    `snd_path ${folder}`,
    '',
  ].join('\n');

export interface BaresipCall {
  heard: Wav;
  /** What it wrote on its console. */
  output: string;
}

/** Calls `uri`, says `samples`, hangs up at their end; resolves with what it heard. */
export async function callWithBaresip(
  folder: string,
  uri: string,
  samples: Int16Array,
  codec: 'g711' | 'opus',
): Promise<BaresipCall> {
  const rateHz = codec === 'opus' ? 48000 : 8000;
  writeWav(join(folder, 'said.wav'), { rateHz, channels: [samples] });
  writeFileSync(join(folder, 'accounts'), '<sip:caller@127.0.0.1>;regint=0\n');
  writeFileSync(join(folder, 'config'), configuration(folder, codec, rateHz));
  const child = spawn('baresip', ['-f', folder, '-e', `/dial ${uri}`, '-t', '20'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    if (data.includes('terminated')) child.kill('SIGTERM');
  });
  await ended;
  const heard = readdirSync(folder).find((name) => name.endsWith('-dec.wav'));
  if (heard === undefined) throw new Error(`baresip heard nothing: ${output}`);
  return { heard: readWav(join(folder, heard)), output };
}
