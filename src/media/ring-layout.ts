/**
 * Byte offsets of a call's three rings, as `native/ring/layout.h` has them (a test compares both).
 * Indices are free-running 32-bit sample counts since the start of the call.
 */

/** What the caller says: int16 at 16 kHz. Written by the media thread, read by one speech worker. */
export const heardLayout = {
  rateHz: 16000,
  frameSamples: 320,
  capacity: 65536,
  write: 0,
  read: 128,
  dropped: 256,
  digitCount: 260,
  digits: 264,
  digitSlots: 16,
  stampCount: 328,
  stamps: 384,
  stampPositions: 8576,
  stampSlots: 512,
  samples: 10624,
  bytes: 10624 + 65536 * 2,
} as const;

/** What the bot says: int16 at the line rate. Written by one voice worker, read by the media thread. */
export const spokenLayout = {
  capacity: 262144,
  write: 0,
  read: 128,
  discardTo: 256,
  paused: 260,
  epoch: 264,
  markPosition: 268,
  markSequence: 272,
  played: 384,
  markDone: 388,
  markNs: 392,
  underruns: 400,
  sending: 404,
  samples: 512,
  bytes: 512 + 262144 * 2,
} as const;

/**
 * What a supervisor says: a small ring with the header of the spoken one. Written by the main thread, read by the media
 * thread.
 */
export const supervisorLayout = { capacity: 16384, samples: 512, bytes: 512 + 16384 * 2 } as const;
