/** A 600 kB llama model in GGUF v3 with random weights: it talks nonsense, but through the whole of the real engine. */
import { writeFile } from 'node:fs/promises';
import { Bytes } from './bytes.js';

const WIDTH = 64;
const LAYERS = 2;
const HEADS = 4;
const FEED_FORWARD = 3 * WIDTH;
const ALIGNMENT = 32;
const CONTROL = 3;
const NORMAL = 1;

/** Value types of GGUF metadata. */
const TYPE = { uint32: 4, int32: 5, float: 6, bool: 7, string: 8, array: 9 } as const;
type Value =
  | { type: 'uint32' | 'int32' | 'float'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'array'; of: 'string' | 'int32'; value: readonly (string | number)[] };

interface Tensor {
  name: string;
  shape: readonly number[];
}

/** Writes the model to `path`. */
export async function writeTinyGguf(path: string): Promise<string> {
  const vocabulary = makeVocabulary();
  const tensors = tensorsFor(vocabulary.tokens.length);
  const header = new Bytes().text('GGUF').int32(3);
  const metadata = metadataOf(vocabulary);
  header.int64(tensors.length).int64(metadata.length);
  for (const [key, value] of metadata) writeEntry(header, key, value);
  writeTensorInfo(header, tensors);
  header.align(ALIGNMENT);
  const random = randomSource(12345);
  for (const tensor of tensors) header.floats(weightsOf(tensor, random)).align(ALIGNMENT);
  await writeFile(path, header.toBuffer());
  return path;
}

interface Vocabulary {
  tokens: string[];
  types: number[];
  merges: string[];
}

/** Byte-level BPE: three control tokens, one for each byte, a few merges, filled up to the alignment. */
function makeVocabulary(): Vocabulary {
  const merges = ['Ġ t', 'h e', 'Ġt he', 'i n', 'e r'];
  const controls = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
  const words = [...byteSymbols(), ...merges.map((merge) => merge.replace(' ', ''))];
  const tokens = [...controls, ...words];
  const types = [...controls.map(() => CONTROL), ...words.map(() => NORMAL)];
  while (tokens.length % ALIGNMENT !== 0) {
    tokens.push(`<|pad${tokens.length}|>`);
    types.push(CONTROL);
  }
  return { tokens, types, merges };
}

/** GPT-2's printable stand-in of each byte: itself where it is printable, else a letter from U+0100 on. */
function byteSymbols(): string[] {
  const printable = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

const chatTemplate =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const uint32 = (value: number): Value => ({ type: 'uint32', value });
const float = (value: number): Value => ({ type: 'float', value });
const string = (value: string): Value => ({ type: 'string', value });

function metadataOf({ tokens, types, merges }: Vocabulary): [string, Value][] {
  return [
    ['general.architecture', string('llama')],
    ['general.name', string('tiny-random')],
    ['llama.block_count', uint32(LAYERS)],
    ['llama.context_length', uint32(2048)],
    ['llama.embedding_length', uint32(WIDTH)],
    ['llama.feed_forward_length', uint32(FEED_FORWARD)],
    ['llama.attention.head_count', uint32(HEADS)],
    ['llama.attention.head_count_kv', uint32(HEADS)],
    ['llama.attention.layer_norm_rms_epsilon', float(1e-5)],
    ['llama.rope.dimension_count', uint32(WIDTH / HEADS)],
    ['llama.rope.freq_base', float(10000)],
    ['llama.vocab_size', uint32(tokens.length)],
    ['general.file_type', uint32(0)],
    ['tokenizer.ggml.model', string('gpt2')],
    ['tokenizer.ggml.pre', string('smollm')],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: types }],
    ['tokenizer.ggml.merges', { type: 'array', of: 'string', value: merges }],
    ['tokenizer.ggml.bos_token_id', uint32(1)],
    ['tokenizer.ggml.eos_token_id', uint32(2)],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
    ['tokenizer.chat_template', string(chatTemplate)],
  ];
}

function tensorsFor(vocabularySize: number): Tensor[] {
  const tensor = (name: string, ...shape: number[]): Tensor => ({ name: `${name}.weight`, shape });
  const layers = Array.from({ length: LAYERS }, (_, layer) => [
    tensor(`blk.${layer}.attn_norm`, WIDTH),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((name) => tensor(`blk.${layer}.${name}`, WIDTH, WIDTH)),
    tensor(`blk.${layer}.ffn_norm`, WIDTH),
    ...['ffn_gate', 'ffn_up'].map((name) => tensor(`blk.${layer}.${name}`, WIDTH, FEED_FORWARD)),
    tensor(`blk.${layer}.ffn_down`, FEED_FORWARD, WIDTH),
  ]);
  const ends = [tensor('token_embd', WIDTH, vocabularySize), tensor('output_norm', WIDTH)];
  return [...ends, tensor('output', WIDTH, vocabularySize), ...layers.flat()];
}

function writeString(out: Bytes, text: string): void {
  const bytes = Buffer.from(text);
  out.int64(bytes.length).raw(bytes);
}

function writeEntry(out: Bytes, key: string, value: Value): void {
  writeString(out, key);
  out.int32(TYPE[value.type]);
  if (value.type === 'array') {
    out.int32(TYPE[value.of]).int64(value.value.length);
    for (const item of value.value) writeScalar(out, item);
  } else if (value.type === 'float') out.float(value.value);
  else writeScalar(out, value.value);
}

function writeScalar(out: Bytes, value: string | number | boolean): void {
  if (typeof value === 'string') writeString(out, value);
  else if (typeof value === 'boolean') out.raw(Uint8Array.of(value ? 1 : 0));
  else out.int32(value);
}

const countOf = ({ shape }: Tensor): number => shape.reduce((product, size) => product * size, 1);

function writeTensorInfo(out: Bytes, tensors: readonly Tensor[]): void {
  let offset = 0;
  for (const tensor of tensors) {
    writeString(out, tensor.name);
    out.int32(tensor.shape.length);
    for (const size of tensor.shape) out.int64(size);
    out.int32(0).int64(offset);
    offset += Math.ceil((countOf(tensor) * 4) / ALIGNMENT) * ALIGNMENT;
  }
}

/** Linear congruential, so that the model is the same on every machine. Gives -1..1. */
function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state / 0x7fffffff) * 2 - 1;
  };
}

function weightsOf(tensor: Tensor, random: () => number): Float32Array {
  const scale = tensor.name.startsWith('output.') ? 0.5 : 0.08;
  const norm = tensor.name.includes('norm');
  return Float32Array.from({ length: countOf(tensor) }, () => (norm ? 1 : scale * random()));
}
