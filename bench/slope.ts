/** Where a value is going, told from the noise on it. */

/** A value at a time. */
export type Point = readonly [at: number, value: number];

/**
 * Least squares: the slope, and its standard error. Neighbours in time are alike, so the points are first brought to
 * the means of `bins` equal stretches; over single points the error would look too small.
 */
export function slopeOf(points: readonly Point[], bins = 12): { slope: number; error: number } {
  const means = binned(points, bins);
  const [atMean, valueMean] = meanOf(means);
  const spread = sum(means.map(([at]) => (at - atMean) ** 2));
  const slope = sum(means.map(([at, value]) => (at - atMean) * (value - valueMean))) / spread;
  const rest = sum(means.map(([at, value]) => (value - valueMean - slope * (at - atMean)) ** 2));
  return { slope, error: Math.sqrt(rest / Math.max(1, means.length - 2) / spread) };
}

function binned(points: readonly Point[], bins: number): Point[] {
  const size = Math.max(1, Math.floor(points.length / bins));
  const starts = Array.from({ length: Math.floor(points.length / size) }, (_, bin) => bin * size);
  return starts.map((from) => meanOf(points.slice(from, from + size)));
}

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
const meanOf = (points: readonly Point[]): Point => [
  sum(points.map(([at]) => at)) / points.length,
  sum(points.map(([, value]) => value)) / points.length,
];
