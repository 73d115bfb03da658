/**
 * Moonshine's tokenizer.bin as sherpa-onnx wants it. The file lists the tokens in the order of their ids: a length,
 * then the bytes. A length from 128 on takes two bytes: second * 128 + first - 128. Length 0 is an unused id.
 */

/** Lines `<base64 of the token's bytes> <id>`. Throws when the file ends inside a token. */
export function moonshineTokens(tokenizer: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0, id = 0; at < tokenizer.length; id++) {
    const { length, next } = lengthAt(tokenizer, at);
    at = next + length;
    if (at > tokenizer.length) throw new Error(`the tokenizer ends inside token ${id}`);
    if (length > 0) lines.push(`${Buffer.from(tokenizer.subarray(next, at)).toString('base64')} ${id}\n`);
  }
  return lines.join('');
}

function lengthAt(tokenizer: Uint8Array, at: number): { length: number; next: number } {
  const first = tokenizer[at] ?? 0;
  if (first < 128) return { length: first, next: at + 1 };
  return { length: (tokenizer[at + 1] ?? 0) * 128 + first - 128, next: at + 2 };
}
