/**
 * What the caller felt, cut into the parts of the latency ledger (design 10). Marks may come in any order, lie before
 * one another or be missing; the parts are differences of a running maximum, held at the end, so they always sum to
 * the felt time to the nanosecond.
 */
export const partNames = [
  'jitter_wait',
  'silence_wait',
  'turn_decision',
  'stt_final',
  'llm_first_token',
  'first_sentence',
  'tts_first_audio',
  'ring_wait',
] as const;
export type PartName = (typeof partNames)[number];
/** Milliseconds of each part. */
export type PartsMs = Record<PartName, number>;

/** When a turn began and each part of it ended; nanoseconds of CLOCK_MONOTONIC. `ring_wait` ends the felt time. */
export type Marks = { start: bigint } & Partial<Record<PartName, bigint>>;

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * Nanoseconds of each part. A missing mark makes its part 0 and leaves its time to the next. Without `ring_wait` (no
 * audio came) the sum runs to the last mark there is.
 */
export function partsNs(marks: Marks): Record<PartName, bigint> {
  const reached = partNames.map((name) => marks[name] ?? marks.start);
  const end = marks.ring_wait ?? reached.reduce(later, marks.start);
  const parts = {} as Record<PartName, bigint>;
  let at = marks.start;
  for (const [index, name] of partNames.entries()) {
    const next = later(at, earlier(reached[index] ?? at, end));
    parts[name] = next - at;
    at = next;
  }
  return parts;
}

/** The parts in milliseconds, and their sum, which is the felt time. */
export function felt(marks: Marks): { partsMs: PartsMs; sumMs: number } {
  const parts = partsNs(marks);
  const sumNs = partNames.reduce((sum, name) => sum + parts[name], 0n);
  return { partsMs: mapParts((name) => Number(parts[name]) / 1e6), sumMs: Number(sumNs) / 1e6 };
}

/** A record with one value for each part. */
export function mapParts<T>(value: (name: PartName) => T): Record<PartName, T> {
  return Object.fromEntries(partNames.map((name) => [name, value(name)])) as Record<PartName, T>;
}
