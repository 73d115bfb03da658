/**
 * A 40 kB Vosk model that tells sounds apart: a dull buzz is "evet", a sharp one "hayır", silence is nothing (sound.ts). One affine
 * layer on the MFCCs scores three phones; the graph is one state of silence and one word for each timbre.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bytes } from './bytes.js';

/** Words of the model, and the timbre of the buzz that says each. */
export const timbres = { evet: 'low', hayır: 'high' } as const;
const WORDS = ['<eps>', ...Object.keys(timbres)];
const COEFFICIENTS = 13;

/** Writes the model folder; `rateHz` is the rate that it wants. */
export async function writeTinyVosk(dir: string, rateHz = 16000): Promise<string> {
  for (const folder of ['am', 'conf', 'graph/phones']) await mkdir(join(dir, folder), { recursive: true });
  await writeFile(join(dir, 'conf', 'mfcc.conf'), featureConfig(rateHz));
  await writeFile(join(dir, 'conf', 'model.conf'), decoderConfig);
  await writeFile(join(dir, 'am', 'final.mdl'), spaced(transitionModel + acousticModel()));
  await writeFile(join(dir, 'graph', 'words.txt'), WORDS.map((word, id) => `${word} ${id}\n`).join(''));
  await writeFile(join(dir, 'graph', 'HCLG.fst'), decodingGraph());
  return dir;
}

const featureConfig = (rateHz: number): string =>
  [
    `--sample-frequency=${rateHz}`,
    '--use-energy=false',
    '--num-mel-bins=23',
    `--num-ceps=${COEFFICIENTS}`,
    '--low-freq=20',
    '--high-freq=3700', // what a telephone line carries, at either rate
    '--dither=0.0',
    '',
  ].join('\n');

const decoderConfig = [
  '--min-active=10',
  '--max-active=200',
  '--beam=13.0',
  '--lattice-beam=4.0',
  '--acoustic-scale=1.0',
  '--frame-subsampling-factor=3',
  '--endpoint.silence-phones=1',
  '--endpoint.rule2.min-trailing-silence=0.5',
  '--endpoint.rule3.min-trailing-silence=0.75',
  '--endpoint.rule4.min-trailing-silence=1.0',
  '',
].join('\n');

/** Kaldi takes one blank after a token as part of it: without one, the line's end would be it. */
const spaced = (text: string): string => text.replace(/([>\d])$/gm, '$1 ').replace(/^(.*=.*) $/gm, '$1');

/** Three phones of one state each: silence, low, high. */
const transitionModel = `<TransitionModel>
<Topology>
<TopologyEntry>
<ForPhones>
1 2 3
</ForPhones>
<State> 0 <PdfClass> 0 <Transition> 0 0.5 <Transition> 1 0.5 </State>
<State> 1 </State>
</TopologyEntry>
</Topology>
<Triples> 3
1 0 0
2 0 1
3 0 2
</Triples>
<LogProbs>
 [ 0 -0.693 -0.693 -0.693 -0.693 -0.693 -0.693 ]
</LogProbs>
</TransitionModel>
`;

/** The first coefficient is loudness (C0), the second the slope of the spectrum: positive for dull sounds. */
function acousticModel(): string {
  const loudness = { weight: 0.4, middle: 53 };
  const slope = { weight: 0.2, middle: 25 };
  const [quiet, half] = [loudness.weight * loudness.middle, slope.weight * slope.middle];
  const rows = [
    [-loudness.weight, 0],
    [loudness.weight, slope.weight],
    [loudness.weight, -slope.weight],
  ].map((row) => `  ${[...row, ...Array(COEFFICIENTS - row.length).fill(0)].join(' ')} `);
  const biases = [quiet, -quiet + half, -quiet - half];
  return `<Nnet3>
input-node name=input dim=${COEFFICIENTS}
component-node name=out.affine component=out.affine input=input
output-node name=output input=out.affine objective=linear

<NumComponents> 1
<ComponentName> out.affine <AffineComponent> <LearningRate> 0.001 <LinearParams>  [
${rows.join('\n')}]
<BiasParams>  [ ${biases.join(' ')} ]
<IsGradient> F </AffineComponent>
</Nnet3>
<LeftContext> 0 <RightContext> 0 <Priors>  [ ]
`;
}

/** Arc of a finite-state transducer: input label (transition id), output label (word id), cost, next state. */
type Arc = readonly [number, number, number, number];
interface State {
  final: number;
  arcs: readonly Arc[];
}

/** High enough that the edge of a sound is not a word of its own. */
const WORD_COST = 8;

const STATES: readonly State[] = [
  {
    final: 0,
    arcs: [
      [2, 0, 0.7, 1],
      [4, 1, WORD_COST, 2],
      [6, 2, WORD_COST, 3],
    ],
  },
  {
    final: 0.1,
    arcs: [
      [1, 0, 0.05, 1],
      [4, 1, WORD_COST, 2],
      [6, 2, WORD_COST, 3],
    ],
  },
  {
    final: 0.1,
    arcs: [
      [3, 0, 0.05, 2],
      [2, 0, 0.7, 1],
    ],
  },
  {
    final: 0.1,
    arcs: [
      [5, 0, 0.05, 3],
      [2, 0, 0.7, 1],
    ],
  },
];

/** OpenFst's binary form of a vector FST over tropical weights. */
function decodingGraph(): Buffer {
  const bytes = new Bytes().int32(0x7eb2fdd6);
  for (const name of ['vector', 'standard']) bytes.int32(name.length).text(name);
  const arcs = STATES.reduce((sum, state) => sum + state.arcs.length, 0);
  bytes.int32(2).int32(0).int64(3).int64(0).int64(STATES.length).int64(arcs);
  for (const state of STATES) {
    bytes.float(state.final).int64(state.arcs.length);
    for (const [input, output, cost, next] of state.arcs) bytes.int32(input).int32(output).float(cost).int32(next);
  }
  return bytes.toBuffer();
}
