/** A sentence's audio in one piece. */
import type { Speech } from '../../engines/engine.js';

/** All chunks of a sentence as one; undefined when there were none. */
export async function gather(chunks: AsyncIterable<Speech>): Promise<Speech | undefined> {
  const parts: Speech[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const [first] = parts;
  if (!first || parts.length === 1) return first;
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.samples.length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part.samples, at);
    at += part.samples.length;
  }
  return { samples, rateHz: first.rateHz };
}
