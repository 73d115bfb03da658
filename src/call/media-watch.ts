/** Once a second: what the media thread counted, as an event; and whether the caller is still sending. */
import type { SessionStats } from '../media/addon.js';
import { estimateMos } from '../media/mos.js';
import type { MediaQuality } from '../pipeline/events.js';

export const watchPeriodMs = 1000;

/** The estimate counts the playout delay and half of the round trip where RTCP told it. */
export function mediaQuality(stats: SessionStats): MediaQuality {
  const expected = stats.packetsReceived + stats.packetsLost;
  const missing = stats.packetsLost + stats.packetsLate;
  const lossRatio = expected > 0 ? Math.min(1, missing / expected) : 0;
  const delayMs = stats.playoutDelayMs + Math.max(0, stats.roundTripMs) / 2;
  const { packetsReceived, packetsSent, packetsLost, framesConcealed, framesPlayed, jitterMs, playoutDelayMs } = stats;
  const { roundTripMs, heardDropped, spokenUnderruns } = stats;
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
    heardDropped,
    spokenUnderruns,
  };
}

/** True when nothing came for `timeoutS` seconds; `sinceNs` is since when something was to come. 0 is never. */
export function isSilent(stats: SessionStats, sinceNs: bigint, nowNs: bigint, timeoutS: number): boolean {
  if (timeoutS === 0) return false;
  const packetNs = BigInt(Math.trunc(stats.lastPacketNs));
  const last = packetNs > sinceNs ? packetNs : sinceNs;
  return Number(nowNs - last) > timeoutS * 1e9;
}
