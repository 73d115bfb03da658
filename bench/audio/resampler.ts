/** Resampling of 20 ms frames, ours against speexdsp at quality 5 and an npm package. */
import { type Bench, type Contender, isAbsent, type Metrics, type Outcome } from '../bench.js';
import { runProgram } from '../native/programs.js';
import { loadPeer } from '../peers.js';
import { timed } from '../timing.js';

type Resample = (samples: Int16Array, fromHz: number, toHz: number) => ArrayLike<number>;

const rates = [
  { name: '8 to 16 kHz', fromHz: 8000, toHz: 16000, ratio: 0.6 },
  { name: '16 to 8 kHz', fromHz: 16000, toHz: 8000, ratio: 0.6 },
  { name: '22.05 to 8 kHz', fromHz: 22050, toHz: 8000, ratio: 0.2 },
  { name: '24 to 8 kHz', fromHz: 24000, toHz: 8000, ratio: 0.6 },
  { name: '48 to 16 kHz', fromHz: 48000, toHz: 16000, ratio: 0.6 },
];

const native = (name: string): Contender => ({ name, run: async () => runProgram('audio_resampler', name) });

async function waveResampler(): Promise<Outcome> {
  const peer = loadPeer('wave-resampler') as { resample: Resample };
  if (isAbsent(peer as unknown as Outcome)) return peer as unknown as Outcome;
  const metrics: Metrics = {};
  for (const { name, fromHz, toHz } of rates) {
    const frame = Int16Array.from({ length: fromHz / 50 }, (_, i) => 9000 * Math.sin((i * 2764) / fromHz));
    const length = peer.resample(frame, fromHz, toHz).length;
    if (Math.abs(length - toHz / 50) > 2) throw new Error(`expected ${toHz / 50} samples, got ${length}`);
    for (const [what, value] of Object.entries(timed(() => peer.resample(frame, fromHz, toHz), 100, 5)))
      metrics[`${name}: ${what}`] = value;
  }
  return metrics;
}

export const resampler: Bench = {
  title: 'Resampling, 20 ms frames',
  about:
    'int16 in and out, state kept from frame to frame (the npm package keeps none). Checked: a tone of 1 kHz survives with its SNR shown.',
  trials: 5,
  contenders: [native('ours'), native('speexdsp-q5'), { name: 'wave-resampler', run: waveResampler }],
  goals: rates.map(({ name, ratio }) => ({ metric: `${name}: p50 ns`, against: 'speexdsp-q5', ratio })),
};
