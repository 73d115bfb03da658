/** Seeded rubbish for parsers: the same seed gives the same bytes, so that a failure repeats. */

/** Mulberry32: 0 to 1, excluding 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const telling = [
  '\r\n',
  '\n',
  ' ',
  ',',
  ';',
  ':',
  '<',
  '>',
  '"',
  '\\',
  '=',
  '/',
  '@',
  '%',
  '\0',
  '0',
  '99999999999',
  'é',
];

/** `count` spoiled copies: bytes changed, cut out, doubled, and signs put in that mean something to a parser. */
export function* mutations(original: Buffer, count: number, random: () => number): Generator<Buffer> {
  const below = (limit: number) => Math.floor(random() * limit);
  for (let made = 0; made < count; made++) {
    let bytes: Buffer = Buffer.from(original);
    for (let change = below(6); change >= 0; change--) bytes = mutated(bytes, below);
    yield bytes;
  }
}

function mutated(bytes: Buffer, below: (limit: number) => number): Buffer {
  const at = below(bytes.length + 1);
  const end = Math.min(bytes.length, at + below(40));
  const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  const kind = below(5);
  if (kind === 0) return Buffer.concat([head, tail]);
  if (kind === 1) return Buffer.concat([head, middle, middle, tail]);
  if (kind === 2) return Buffer.from(head);
  if (kind === 3) return Buffer.concat([head, Buffer.from(telling[below(telling.length)] ?? ''), middle, tail]);
  return Buffer.concat([head, Buffer.from(middle.map(() => below(256))), tail]);
}
