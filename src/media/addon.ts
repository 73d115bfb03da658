/**
 * The C++ addon, typed. JavaScript checks arguments before it calls; the addon only asserts. Every memory it gets
 * is a typed-array view over a SharedArrayBuffer: Node-API on Node 20 refuses the buffer itself.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { fault, reasonOf } from '../errors.js';

export type CodecName = 'PCMU' | 'PCMA' | 'opus' | 'L16';
export type RecordingFormat = 'wav' | 'opus';
export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface EngineOptions {
  /** Try SCHED_FIFO; without the right to it the thread runs as SCHED_OTHER. */
  realtime: boolean;
  /** Media threads; calls are spread over them. Absent is one. */
  threads?: number;
}

/** What one media thread did since its start. */
export interface ThreadStats {
  policy: 'fifo' | 'other';
  ticks: number;
  /** Ticks that began more than 5 ms after their time on the grid. */
  lateTicks: number;
  maxLateUs: number;
  /** CPU time of the thread, nanoseconds. */
  cpuNs: number;
  sessions: number;
}

export interface EngineStats {
  threads: ThreadStats[];
  /** Recordings whose files are not closed yet. */
  recordings: number;
}

export interface SessionOptions {
  bindIp: string;
  portMin: number;
  portMax: number;
  /** Views over the whole of each ring's SharedArrayBuffer. */
  heard: Uint8Array;
  spoken: Uint8Array;
  supervisor: Uint8Array;
  /** From `openWake`; 0 for none. */
  wake: number;
  jitterMinMs: number;
  jitterMaxMs: number;
  /** Look for DTMF in the audio itself, while the caller sends no telephone events; absent is no. */
  detectTones?: boolean;
}

/** How our Opus is encoded. */
export interface OpusOptions {
  /** 0 to 10. */
  complexity: number;
  /** Bits a second. */
  bitrate: number;
  fec: boolean;
  dtx: boolean;
  constantBitrate: boolean;
}

/** Where to send and how; `start` may be called again for a re-INVITE. */
export interface StreamOptions {
  remoteIp: string;
  remotePort: number;
  /** Absent: the port after `remotePort`. */
  remoteRtcpPort?: number;
  codec: CodecName;
  payloadType: number;
  /** Rate of the spoken ring, for the whole call: that of its first codec. */
  lineRateHz: number;
  /** Payload type of telephone-event; -1 for none. */
  telephoneEventType: number;
  /** Of the durations of events; 0 for that of the audio. */
  telephoneEventClockHz: number;
  /** -1 for none. */
  comfortNoiseType: number;
  /** Where the caller's signalling comes from: media from there is the caller's too. */
  signallingIp?: string;
  /** For the codec opus. */
  opus?: OpusOptions;
  /** Packet duration that the peer asked for, 10 to 60 in steps of 10. */
  ptimeMs: number;
  direction: MediaDirection;
}

/** Counters since `start`, at most 100 ms old; all numbers. Delays in milliseconds. */
export interface SessionStats {
  packetsReceived: number;
  packetsSent: number;
  bytesReceived: number;
  bytesSent: number;
  packetsLost: number;
  packetsLate: number;
  packetsDuplicate: number;
  packetsReordered: number;
  packetsRejected: number;
  framesConcealed: number;
  framesPlayed: number;
  jitterMs: number;
  playoutDelayMs: number;
  targetDelayMs: number;
  heardDropped: number;
  spokenUnderruns: number;
  /** CLOCK_MONOTONIC of the last accepted packet, nanoseconds; 0 when none came yet. */
  lastPacketNs: number;
  ssrcChanges: number;
  remotePort: number;
  remoteIp: string;
  /** RTCP round trip, milliseconds; -1 while unknown. */
  roundTripMs: number;
  /** What the peer's last report says about our stream: lost since the report before, 0..1; -1 while unknown. */
  remoteLossFraction: number;
  /** Lost since the start, as the peer counts; -1 while unknown. */
  remoteLost: number;
  /** -1 while unknown. */
  remoteJitterMs: number;
  /** Datagrams that the kernel refused to send. */
  packetsUnsent: number;
  /** Audio that is missing in the recording, because the disk did not keep up or the file broke. */
  recordingLostMs: number;
}

export interface NativeSession {
  readonly rtpPort: number;
  start(options: StreamOptions): void;
  /** 0..2, applied from the next frame over a ramp of one frame. */
  setVolume(gain: number): void;
  setMuted(muted: boolean): void;
  /** Moves the wake-ups of this session to another worker. */
  setWake(wake: number): void;
  /** Sends an RFC 4733 digit (0-9 * # A-D) after those before it; at most 64 wait, more are lost. */
  sendDigit(digit: string, durationMs: number): void;
  /** Records the session into a new file from now on; once in a session. What goes wrong is `recordingLostMs`. */
  record(path: string, format: RecordingFormat): void;
  stats(): SessionStats;
  /** Resolves when the media thread has let go of sockets and memory. Safe to call twice. */
  close(): Promise<void>;
}

export interface NativeVad {
  /** A stream's state: its slot, free-listed. */
  add(): number;
  remove(slot: number): void;
  reset(slot: number): void;
  /** `windows` holds `count` windows of 512 samples (16 kHz), a slot has one; `probabilities[i]` is for `slots[i]`. */
  run(slots: Int32Array, windows: Int16Array, probabilities: Float32Array, count: number): void;
}

export interface NativeResampler {
  /** Resamples all of `input` into `output`; returns the samples written. Keeps its filter state between calls. */
  process(input: Int16Array, output: Int16Array): number;
  /** Most samples that `process` can write for `inputSamples`. */
  outputBound(inputSamples: number): number;
  /** Writes what the filter still holds; returns the samples written. */
  flush(output: Int16Array): number;
  reset(): void;
}

/** Constants of native/ring/layout.h, for the test that compares them with ring-layout.ts. */
export interface NativeLayout {
  heard: Record<string, number>;
  spoken: Record<string, number>;
  supervisor: Record<string, number>;
}

export interface MediaAddon {
  readonly layout: NativeLayout;
  startEngine(options: EngineOptions): void;
  /** Stops the threads; every session must be closed before. */
  stopEngine(): void;
  engineStats(): EngineStats;
  /** Registers a coalesced wake-up for the calling thread: at most one pending call. Returns its id, from 1. */
  openWake(callback: () => void): number;
  closeWake(wake: number): void;
  readonly Session: new (options: SessionOptions) => NativeSession;
  readonly Vad: new (weights: Float32Array) => NativeVad;
  readonly Resampler: new (fromHz: number, toHz: number) => NativeResampler;
  /** G.711, both laws: `law` 0 is µ-law, 1 is A-law. */
  g711Encode(law: 0 | 1, samples: Int16Array, octets: Uint8Array): void;
  g711Decode(law: 0 | 1, octets: Uint8Array, samples: Int16Array): void;
  /** Gives the pages of this memory back to the system; it stays valid, and reads as zeros. */
  dropPages(memory: Uint8Array): void;
}

/** Where the build leaves the addon, seen from `dist/src/media`. */
const addonPath = fileURLToPath(new URL('../../../build/Release/oavc.node', import.meta.url));
let loaded: MediaAddon | undefined;

/** Loads the addon once a thread; throws ADDON_MISSING with what to do. */
export function loadAddon(): MediaAddon {
  if (loaded) return loaded;
  try {
    loaded = createRequire(import.meta.url)(addonPath) as MediaAddon;
  } catch (thrown) {
    throw fault('ADDON_MISSING', addonPath, reasonOf(thrown));
  }
  return loaded;
}
