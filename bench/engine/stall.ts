/** The process is stopped eight times for 40 ms; a second later the delay must be what it was. */
import type { Bench, Metrics } from '../bench.js';
import { servers, sleep, underLoad } from './traffic.js';

const calls = 20;
const stalls = 8;
const stallMs = 40;
const apartMs = 500;

async function measure(contender: string): Promise<Metrics> {
  const seconds = 3;
  return underLoad(contender, calls, async (traffic) => {
    const before = await traffic.window(seconds);
    for (let i = 0; i < stalls; i++) {
      await traffic.stall(stallMs);
      await sleep(apartMs);
    }
    await sleep(1000);
    const after = await traffic.window(seconds);
    const [delayBefore = 0, delayAfter = 0] = [before['delay p50 ms'], after['delay p50 ms']];
    return {
      'delay before ms': delayBefore,
      'delay after ms': delayAfter,
      'grown ms': Math.max(0, delayAfter - delayBefore),
    };
  });
}

export const stall: Bench = {
  title: 'No lasting delay from a stall',
  about: `${calls} calls; SIGSTOP for ${stallMs} ms, ${stalls} times, ${apartMs} ms apart; delay as in engine/calls.`,
  trials: 2,
  contenders: servers(measure),
  goals: [{ metric: 'grown ms', against: 'C++ echo', ratio: 1, plus: 5 }],
};
