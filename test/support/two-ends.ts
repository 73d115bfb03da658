/** Both ends of a call without signalling: our media engine talks with itself. */
import { after, before } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { mediaOptions, Negotiation } from '../../src/call/negotiate.js';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { loadAddon } from '../../src/media/addon.js';
import { CallMedia } from '../../src/media/session.js';

/** Runs the engine while the tests of a file run. */
export function runMedia(threads = 1): void {
  let alive: NodeJS.Timeout; // a wake-up alone does not keep the process waiting
  before(() => {
    loadAddon().startEngine({ realtime: false, threads });
    alive = setInterval(() => undefined, 1000);
  });
  after(() => {
    clearInterval(alive);
    loadAddon().stopEngine();
  });
}

/** Looks every few milliseconds. */
export async function until(done: () => boolean): Promise<void> {
  while (!done()) await setTimeout(5);
}

/** Resolves when `media` has heard so many packets more of the other side. */
export async function hears(media: CallMedia, packets: number): Promise<void> {
  const { packetsReceived } = media.stats();
  await until(() => media.stats().packetsReceived >= packetsReceived + packets);
}

/** The defaults with these settings. */
export function configured(settings: Record<string, string>): Config {
  const commandLine = Object.entries(settings).map(([key, text]) => ({ key, text, origin: 'test' }));
  return loadConfig({ file: undefined, env: {}, commandLine }).config;
}

/** Opens two ends that send to each other, and closes them after `work`. */
export async function connected(
  codecs: string,
  settings: Record<string, string>,
  work: (here: CallMedia, there: CallMedia, lineRateHz: number) => Promise<void>,
): Promise<void> {
  const config = configured({ 'rtp.codecs': codecs, ...settings });
  const [here, there] = [0, 0].map((wake) => CallMedia.open(mediaOptions(config, wake))) as [CallMedia, CallMedia];
  try {
    const caller = new Negotiation(config, here.rtpPort);
    const { sdp, stream } = new Negotiation(config, there.rtpPort).answer(caller.offer());
    there.start(stream);
    here.start(caller.accept(sdp));
    await work(here, there, stream.lineRateHz);
  } finally {
    await Promise.all([here.close(), there.close()]);
  }
}
