/** G.711 both ways, 160 samples: our tables against a reference in C and the usual npm package. */
import { type Bench, type Contender, isAbsent, type Metrics, type Outcome } from '../bench.js';
import { runProgram } from '../native/programs.js';
import { loadPeer } from '../peers.js';
import { timed } from '../timing.js';

interface Law {
  encode(samples: Int16Array): Uint8Array;
  decode(octets: Uint8Array): Int16Array;
}

const native = (name: string): Contender => ({ name, run: async () => runProgram('audio_g711', name) });

const prefixed = (prefix: string, metrics: Metrics): Metrics =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${prefix}: ${name}`, value]));

async function alawmulaw(): Promise<Outcome> {
  const peer = loadPeer('alawmulaw') as { mulaw: Law; alaw: Law };
  if (isAbsent(peer as unknown as Outcome)) return peer as unknown as Outcome;
  const samples = Int16Array.from({ length: 160 }, (_, i) => Math.round(9000 * Math.sin(i * 0.3)));
  return Object.assign(
    {},
    ...(['mulaw', 'alaw'] as const).map((key) => {
      const law = peer[key];
      const octets = law.encode(samples);
      const error = Math.max(...law.decode(octets).map((sample, i) => Math.abs(sample - (samples[i] ?? 0))));
      if (error > 600) throw new Error(`alawmulaw ${key}: expected an error below 600, got ${error}`);
      const name = key === 'mulaw' ? 'mu-law' : 'A-law';
      return {
        ...prefixed(
          `${name} encode`,
          timed(() => law.encode(samples), 300, 100),
        ),
        ...prefixed(
          `${name} decode`,
          timed(() => law.decode(octets), 300, 100),
        ),
      };
    }),
  );
}

export const g711: Bench = {
  title: 'G.711, 160 samples',
  about: 'One frame of 20 ms. Ours and the reference run in C++, and were checked to give the same octets.',
  trials: 5,
  contenders: [native('ours'), native('reference'), { name: 'alawmulaw', run: alawmulaw }],
  goals: [
    { metric: 'mu-law decode: p50 ns', against: 'reference', ratio: 1 },
    { metric: 'A-law decode: p50 ns', against: 'reference', ratio: 1 },
    { metric: 'mu-law encode: p50 ns', against: 'reference', ratio: 0.3 },
    { metric: 'A-law encode: p50 ns', against: 'reference', ratio: 0.3 },
  ],
};
