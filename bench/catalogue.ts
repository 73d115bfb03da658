/** Every bench by the name it is run with: the path of the code that it measures. */
import { g711 } from './audio/g711.js';
import { resampler } from './audio/resampler.js';
import { sileroVad } from './audio/silero-vad.js';
import type { Bench } from './bench.js';
import { conversation, realConversation } from './conversation/conversation.js';
import { impaired } from './demo/impaired.js';
import { calls } from './engine/calls.js';
import { capacity } from './engine/capacity.js';
import { hops } from './engine/hops.js';
import { pacing } from './engine/pacing.js';
import { soak } from './engine/soak.js';
import { stall } from './engine/stall.js';
import { wake } from './engine/wake.js';
import { traces } from './jitter/traces.js';
import { sampleRing } from './ring/sample-ring.js';
import { routing } from './rtvi/routing.js';
import { watching } from './rtvi/watching.js';

export const catalogue: Record<string, Bench> = {
  'audio/g711': g711,
  'audio/resampler': resampler,
  'audio/silero-vad': sileroVad,
  conversation,
  'conversation/real': realConversation,
  'demo/impaired': impaired,
  'engine/calls': calls,
  'engine/capacity': capacity,
  'engine/hops': hops,
  'engine/pacing': pacing,
  'engine/soak': soak,
  'engine/stall': stall,
  'engine/wake': wake,
  'jitter/traces': traces,
  'ring/sample-ring': sampleRing,
  'rtvi/routing': routing,
  'rtvi/watching': watching,
};
