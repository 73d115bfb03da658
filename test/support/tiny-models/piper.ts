/**
 * A voice with Piper's inputs and outputs: each phoneme becomes 1024 samples of its own noise. As it comes from a
 * publisher: a raw .onnx and its .json, which our conversion must make ready.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { block, number } from './protobuf.js';

const SYMBOLS = "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøħŋœɐɑɒɔɕɖəɚɛɜɡɣɨɪɫɬɯɲɹɾʁʃʊʌʒʔʰʲˈˌːθχ";
const WIDTH = 32;
const SAMPLES_PER_PHONEME = 1024;
const FLOAT = 1;
const INT64 = 7;
const RATE_HZ = 22050;

/** Writes voice.onnx and voice.json, both as a publisher has them. */
export async function writeTinyPiper(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'voice.onnx'), model());
  const ids = Object.fromEntries([...SYMBOLS].map((symbol, id) => [symbol, [id]]));
  const config = { audio: { sample_rate: RATE_HZ }, espeak: { voice: 'en-us' }, num_speakers: 1, phoneme_id_map: ids };
  await writeFile(join(dir, 'voice.json'), JSON.stringify(config));
}

/** Field numbers are those of onnx.proto. */
const tensor = (name: string, type: number, dims: readonly number[], data: Uint8Array): Buffer =>
  block(5, ...dims.map((dim) => number(1, dim)), number(2, type), block(8, name), block(9, data));

function floats(name: string, dims: readonly number[], valueAt: (index: number) => number): Buffer {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return tensor(name, FLOAT, dims, new Uint8Array(Float32Array.from({ length }, (_, at) => valueAt(at)).buffer));
}

const node = (operator: string, inputs: readonly string[], output: string): Buffer =>
  block(1, ...inputs.map((input) => block(1, input)), block(2, output), block(4, operator));

/** An input (11) or output (12) of the graph; a dimension is a size or a name. */
function port(field: number, name: string, type: number, dims: readonly (string | number)[]): Buffer {
  const shape = dims.map((dim) => block(1, typeof dim === 'string' ? block(2, dim) : number(1, dim)));
  return block(field, block(1, name), block(2, block(1, number(1, type), block(2, ...shape))));
}

function graph(): Buffer {
  const table = floats('table', [256, WIDTH], (at) => Math.sin(at * 78.233));
  const out = floats('out', [WIDTH, SAMPLES_PER_PHONEME], (at) => 0.1 * Math.sin(at * 12.9898));
  const shape = tensor('shape', INT64, [3], new Uint8Array(BigInt64Array.of(1n, 1n, -1n).buffer));
  return Buffer.concat([
    node('Gather', ['table', 'input'], 'embedded'),
    node('MatMul', ['embedded', 'out'], 'loud'),
    node('Tanh', ['loud'], 'bounded'),
    node('Reshape', ['bounded', 'shape'], 'output'),
    node('Identity', ['input_lengths'], 'unused_lengths'),
    node('Identity', ['scales'], 'unused_scales'),
    block(2, 'tiny'),
    table,
    out,
    shape,
    port(11, 'input', INT64, ['batch', 'phonemes']),
    port(11, 'input_lengths', INT64, ['batch']),
    port(11, 'scales', FLOAT, [3]),
    port(12, 'output', FLOAT, ['batch', 1, 'samples']),
  ]);
}

/** IR version 8, operator set 15. */
const model = (): Buffer =>
  Buffer.concat([number(1, 8), block(2, 'tests'), block(7, graph()), block(8, block(1, ''), number(2, 15))]);
