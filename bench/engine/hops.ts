/** A frame of 20 ms from socket to speech worker to socket: time and CPU of each hop. */
import type { Bench, Contender, Metrics } from '../bench.js';
import { expectOwnAudio, underLoad } from './traffic.js';

const contender = (calls: number): Contender => ({
  name: calls === 1 ? '1 call' : `${calls} calls`,
  run: ({ quick }) =>
    underLoad('ours by hop', calls, async (traffic): Promise<Metrics> => {
      const seconds = quick ? 3 : 6;
      const seen = await traffic.window(seconds);
      expectOwnAudio(seen, calls, seconds);
      const { 'delay p50 ms': p50 = 0, 'delay p99 ms': p99 = 0 } = seen;
      return { ...(await traffic.report()), 'wire to wire p50 ms': p50, 'wire to wire p99 ms': p99 };
    }),
});

export const hops: Bench = {
  title: 'A frame, hop by hop',
  about: [
    'PCMU over loopback. *Arrival to playout*: kernel stamp of the packet to the heard ring, the jitter buffer. *Playout to',
    'speech worker*: until JavaScript reads the frame. *Written to sent*: from JavaScript writing the frame into the spoken',
    'ring to its packet. *Wire to wire*: at the caller, its own send to its own receipt. CPU is for each frame both ways.',
  ].join('\n'),
  trials: 2,
  contenders: [1, 50, 200].map(contender),
  goals: [],
};
