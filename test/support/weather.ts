/** What a network does to datagrams, by a seed: loses, repeats and delays them. */

export interface Weather {
  /** 0..1 of the datagrams. */
  loss: number;
  duplication: number;
  /** Longest delay; each datagram has its own, so that they overtake one another. */
  delayMs: number;
}

export const calm: Weather = { loss: 0, duplication: 0, delayMs: 0 };

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sends as the weather lets it. */
export function through(weather: Weather, random: () => number, send: () => void): void {
  const copies = random() < weather.loss ? 0 : random() < weather.duplication ? 2 : 1;
  for (let copy = 0; copy < copies; copy++) {
    if (weather.delayMs === 0) send();
    else setTimeout(send, random() * weather.delayMs);
  }
}
