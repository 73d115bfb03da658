/**
 * Estimated listening quality from what the network did: the E-model of ITU-T G.107 with its defaults, loss by the
 * effective equipment impairment of G.113 (G.711 with concealment: Ie 0, Bpl 25.1), delay by its linear approximation.
 */

export interface NetworkConditions {
  /** 0..1, late packets included. */
  lossRatio: number;
  /** One way, playout delay included. */
  delayMs: number;
}

const basicR = 93.2;
const packetLossRobustness = 25.1;

/** MOS-CQE, 1..4.5. */
export function estimateMos({ lossRatio, delayMs }: NetworkConditions): number {
  const lossPercent = Math.max(0, Math.min(1, lossRatio)) * 100;
  const equipment = (95 * lossPercent) / (lossPercent + packetLossRobustness);
  const delay = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
  const r = Math.max(0, basicR - equipment - delay);
  return Math.max(1, Math.min(4.5, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6));
}
