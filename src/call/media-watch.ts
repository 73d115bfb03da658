/** Once a second: what the media thread counted, as an event; whether the caller still sends, and how long it lasts. */
import { monotonicNs } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { SessionStats, StreamOptions } from '../media/addon.js';
import { estimateMos } from '../media/mos.js';
import type { MediaStats } from '../media/session.js';
import type { MediaQuality } from '../pipeline/events.js';

const watchPeriodMs = 1000;

/** The estimate counts the playout delay and half of the round trip where RTCP told it. */
export function mediaQuality(stats: MediaStats): MediaQuality {
  const expected = stats.packetsReceived + stats.packetsLost;
  const missing = stats.packetsLost + stats.packetsLate;
  const lossRatio = expected > 0 ? Math.min(1, missing / expected) : 0;
  const delayMs = stats.playoutDelayMs + Math.max(0, stats.roundTripMs) / 2;
  const { packetsReceived, packetsSent, packetsLost, framesConcealed, framesPlayed, jitterMs, playoutDelayMs } = stats;
  const { roundTripMs, heardDropped, spokenUnderruns, remoteJitterMs } = stats;
  const remoteLossRatio = stats.remoteLost < 0 ? -1 : Math.min(1, stats.remoteLost / Math.max(1, stats.packetsSent));
  return {
    packetsReceived,
    packetsSent,
    packetsLost,
    framesConcealed,
    framesPlayed,
    lossRatio,
    jitterMs,
    playoutDelayMs,
    roundTripMs,
    mos: estimateMos({ lossRatio, delayMs }),
    remoteLossRatio,
    remoteJitterMs,
    remoteMos: remoteLossRatio < 0 ? -1 : estimateMos({ lossRatio: remoteLossRatio, delayMs: remoteDelayMs(stats) }),
    heardDropped,
    spokenUnderruns,
    recordingLostMs: stats.recordingLostMs,
    supervisorDroppedMs: stats.supervisorDroppedMs,
  };
}

/** The peer's playout delay is not told: twice its jitter, and no less than a packet. */
const remoteDelayMs = ({ roundTripMs, remoteJitterMs }: SessionStats): number =>
  Math.max(0, roundTripMs) / 2 + Math.max(20, 2 * remoteJitterMs);

/** True when nothing came for `timeoutS` seconds; `sinceNs` is since when something was to come. 0 is never. */
export function isSilent(stats: SessionStats, sinceNs: bigint, nowNs: bigint, timeoutS: number): boolean {
  if (timeoutS === 0) return false;
  const packetNs = BigInt(Math.trunc(stats.lastPacketNs));
  const last = packetNs > sinceNs ? packetNs : sinceNs;
  return Number(nowNs - last) > timeoutS * 1e9;
}

/** True when a call that began at `startedNs` has lasted `maxS` seconds. 0 is no limit. */
export const isTooLong = (startedNs: bigint, nowNs: bigint, maxS: number): boolean =>
  maxS > 0 && Number(nowNs - startedNs) > maxS * 1e9;

/**
 * False while the call is on hold, whoever asked for it: from a telephone that says it only sends comes music, or more
 * often nothing at all (RFC 3264, 8.4).
 */
export const isTwoWay = (stream: StreamOptions | undefined): boolean => stream?.direction === 'sendrecv';

/** What the media engine gets of a stream: music on hold is nothing that the caller says. */
export const withoutMusic = (stream: StreamOptions): StreamOptions =>
  stream.direction === 'recvonly' ? { ...stream, direction: 'inactive' } : stream;

export interface MediaWatchEffects {
  measured(quality: MediaQuality): void;
  /** A limit is reached: end the call. Told once a second until `end`. */
  reached(limit: 'media-timeout' | 'too-long', detail: string): void;
}

/** The watch over one call, from its answer to its end. */
export class MediaWatch {
  readonly #startedNs = monotonicNs();
  #stream: StreamOptions | undefined;
  /** Since when the caller is to send: the answer, or the end of a hold. */
  #expectedSinceNs = monotonicNs();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly media: { stats(): MediaStats },
    readonly config: Config,
    readonly effects: MediaWatchEffects,
  ) {}

  begin(stream: StreamOptions | undefined): void {
    this.change(stream);
    this.#expectedSinceNs = monotonicNs();
    this.#timer = setInterval(() => this.#look(monotonicNs()), watchPeriodMs);
  }

  change(stream: StreamOptions | undefined): void {
    if (!isTwoWay(this.#stream) && isTwoWay(stream)) this.#expectedSinceNs = monotonicNs();
    this.#stream = stream;
  }

  #look(nowNs: bigint): void {
    const stats = this.media.stats();
    const { rtp, call } = this.config;
    this.effects.measured(mediaQuality(stats));
    if (isTwoWay(this.#stream) && isSilent(stats, this.#expectedSinceNs, nowNs, rtp.timeout_s))
      this.effects.reached('media-timeout', `no RTP came for ${rtp.timeout_s} s`);
    else if (isTooLong(this.#startedNs, nowNs, call.max_s))
      this.effects.reached('too-long', `it lasted ${call.max_s} s, the longest that is allowed`);
  }

  /** The last measure. */
  end(): MediaQuality {
    clearInterval(this.#timer);
    return mediaQuality(this.media.stats());
  }
}
