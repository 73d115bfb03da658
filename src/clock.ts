/**
 * The one clock. `process.hrtime` and the media threads' `CLOCK_MONOTONIC` are the same clock on Linux, so a
 * latency may begin in C++ and end here. Wall time is only for what people read.
 */

/** Nanoseconds of CLOCK_MONOTONIC. */
export const monotonicNs = (): bigint => process.hrtime.bigint();

/** Milliseconds from `fromNs` to `toNs`, with fractions. */
export const elapsedMs = (fromNs: bigint, toNs: bigint): number => Number(toNs - fromNs) / 1e6;

/** Seconds since the epoch, with fractions: the form that RTVI server messages and logs carry. */
export const epochSeconds = (): number => Date.now() / 1000;
