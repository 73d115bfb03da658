/**
 * The other end of a call, with real media: after each utterance that it hears it is silent for a set time, then says
 * a tone of a set length. What it says and when it was sent is known to the sample.
 */
import { mediaOptions, Negotiation } from '../../src/call/negotiate.js';
import { AnswerDetector } from '../../src/caller/answer-detector.js';
import type { Config } from '../../src/config/schema.js';
import { loadAddon } from '../../src/media/addon.js';
import { heardLayout } from '../../src/media/ring-layout.js';
import { HeardRing, SpokenRing } from '../../src/media/sample-ring.js';
import { CallMedia } from '../../src/media/session.js';
import { rms } from '../../src/media/voiced.js';
import type { Leg } from '../../src/signalling/leg.js';

export interface ParrotOptions {
  config: Config;
  /** Silence that ends an utterance. */
  hangoverMs: number;
  toneMs: number;
  toneHz: number;
  /** Utterances after which it hangs up instead of answering. */
  hangUpAfter?: number;
}

/** Samples of a tone, int16. */
export function tone(hz: number, ms: number, rateHz: number, amplitude = 8000): Int16Array {
  const count = Math.round((rateHz * ms) / 1000);
  return Int16Array.from({ length: count }, (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rateHz));
}

/** Answers the leg; `close` gives its media back. Must be called in the tick in which the leg came. */
export function parrot(leg: Leg, options: ParrotOptions): { close: () => Promise<void> } {
  let hear = () => {};
  const wake = loadAddon().openWake(() => hear());
  const media = CallMedia.open(mediaOptions(options.config, wake));
  leg.handle({ onEnded: () => undefined, onReoffer: async () => leg.remoteSdp, onDigit: () => undefined });
  const { sdp, stream } = new Negotiation(options.config, media.rtpPort).answer(leg.remoteSdp);
  hear = listener(media, options, (utterance, spoken) => {
    if (utterance === options.hangUpAfter) void leg.hangup();
    else spoken.write(tone(options.toneHz, options.toneMs, stream.lineRateHz), spoken.epoch);
  });
  media.start(stream);
  void leg.answer(sdp);
  return {
    close: async () => {
      await media.close();
      loadAddon().closeWake(wake);
    },
  };
}

/** What to do at each wake-up: hears the new frames, and tells when an utterance is over. */
function listener(
  { rings }: CallMedia,
  { hangoverMs }: ParrotOptions,
  onUtterance: (count: number, spoken: SpokenRing) => void,
): () => void {
  const heard = new HeardRing(rings.heard);
  const spoken = new SpokenRing(rings.spoken);
  const detector = new AnswerDetector({ onsetMs: 40, hangoverMs });
  const frame = new Int16Array(heardLayout.frameSamples);
  let utterances = 0;
  return () => {
    while (heard.available() >= frame.length) {
      const { playoutNs } = heard.stampAt(heard.position);
      heard.read(frame);
      const change = detector.take(rms(frame), Number(playoutNs) / 1e6, 20);
      if (change?.type === 'ended') onUtterance(++utterances, spoken);
    }
  };
}
