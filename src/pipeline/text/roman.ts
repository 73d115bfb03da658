/** Roman numerals as far as people number kings, centuries and chapters with them. */

const VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10 };

/** `IVX` alone make it; a smaller sign before a greater one is taken away. */
export function romanValue(roman: string): string {
  const values = [...roman].map((sign) => VALUES[sign] ?? 0);
  return String(values.reduce((sum, one, at) => sum + (one < (values[at + 1] ?? 0) ? -one : one), 0));
}
