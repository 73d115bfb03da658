/** CPU of a call: received, buffered, decoded, brought to 16 kHz and to JavaScript, and sent back, paced. */
import type { Bench, Metrics, TrialOptions } from '../bench.js';
import { expectOwnAudio, pacers, servers, underLoad } from './traffic.js';

const sizes = [50, 200, 400];

async function measure(contender: string, { quick }: TrialOptions): Promise<Metrics> {
  const seconds = quick ? 3 : 5;
  const all: Metrics = {};
  for (const calls of quick ? [200] : sizes) {
    const metrics = await underLoad(contender, calls, (traffic) => traffic.window(seconds), { urgentCallers: true });
    expectOwnAudio(metrics, calls, seconds);
    for (const [name, value] of Object.entries(metrics)) all[`${calls} calls: ${name}`] = value;
  }
  return all;
}

export const calls: Bench = {
  title: 'CPU of a call, and the delay that a server adds',
  about: [
    'PCMU over loopback. The C++ echo only takes packets and sends them on its grid; ours and *projectrtp stream* bring',
    'every call to JavaScript at 16 kHz and back. Delay: from a caller sending a loud packet to its first loud sample back.',
    'rtpengine runs in user space and transcodes PCMU to PCMA: it has no jitter buffer and no grid. Checked: every caller',
    'hears its own bursts, and no other.',
  ].join('\n'),
  trials: 2,
  contenders: servers(measure, [...pacers, 'rtpengine']),
  goals: [
    { metric: '200 calls: cpu % a call', against: 'C++ echo', ratio: 1.6 },
    { metric: '200 calls: cpu % a call', against: 'projectrtp echo', ratio: 0.7 },
    { metric: '200 calls: cpu % a call', against: 'projectrtp stream', ratio: 0.4 },
    { metric: '200 calls: delay p50 ms', atMost: 40 },
  ],
};
