/** Events of invented calls for tests of what watches them. Times in milliseconds since the start of the call. */
import type { CallEvent, EventBody, MediaQuality, TurnTimes } from '../../src/pipeline/events.js';

export const ns = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

export function event(atMs: number, body: EventBody, callId = 'call-1'): CallEvent {
  return { ...body, callId, atNs: ns(atMs) };
}

export const callStarted: EventBody = {
  type: 'call-started',
  from: 'sip:caller@example.test',
  to: 'sip:bot@example.test',
  direction: 'inbound',
  codec: 'PCMU',
  features: ['barge-in'],
};

/** Times of a turn whose speech ended at `endMs`; each step so many milliseconds after it. */
export function turnTimes(
  endMs: number,
  [playout, silence, decided, stt]: [number, number, number, number],
): TurnTimes {
  return {
    speechEndArrivalNs: ns(endMs),
    speechEndPlayoutNs: ns(endMs + playout),
    silenceElapsedNs: ns(endMs + silence),
    decidedNs: ns(endMs + decided),
    sttFinalNs: ns(endMs + stt),
  };
}

export const quality = (more: Partial<MediaQuality> = {}): MediaQuality => ({
  packetsReceived: 100,
  packetsSent: 100,
  packetsLost: 2,
  framesConcealed: 2,
  framesPlayed: 100,
  lossRatio: 0.02,
  jitterMs: 3,
  playoutDelayMs: 40,
  roundTripMs: -1,
  remoteLossRatio: -1,
  remoteJitterMs: -1,
  remoteMos: -1,
  recordingLostMs: 0,
  supervisorDroppedMs: 0,
  mos: 4.1,
  heardDropped: 0,
  spokenUnderruns: 1,
  ...more,
});

/** A small source of numbers in 0..1 that repeats for a seed (Mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
