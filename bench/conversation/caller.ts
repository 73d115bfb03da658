/** One call of the bench: says the script, reacting to what the bot does. */
import { Phone } from '../../src/caller/phone.js';
import { resample } from '../../src/caller/voice.js';
import { monotonicNs } from '../../src/clock.js';
import type { Config } from '../../src/config/schema.js';
import type { Signalling } from '../../src/signalling/leg.js';
import { Listener } from './listener.js';
import type { Kind, Line } from './script.js';

export interface Said {
  callId: string;
  kind: Kind;
  /** When its first and last voiced sound was sent. */
  fromMs: number;
  toMs: number;
  /** Bot: first sound of an answer after it, and last sound of what it spoke over; undefined where there was none. */
  answeredMs: number | undefined;
  silentMs: number | undefined;
}

/** Silence after which the bot is thought to have ended: longer than its pauses between sentences. */
const overMs = 700;
const patienceMs = 15_000;
/** The caller speaks over the bot when it has spoken for so long. */
const intoMs = 900;

const nowMs = (): number => Number(monotonicNs()) / 1e6;

export async function callOnce(
  uri: string,
  config: Config,
  signalling: Signalling,
  script: readonly Line[],
  sounds: readonly Int16Array[],
): Promise<Said[]> {
  const listener = new Listener();
  const phone = await Phone.call(uri, config, signalling, {
    onFrame: (frame) => listener.hear(frame),
    onEnded: () => undefined,
  });
  const said: Said[] = [];
  try {
    await listener.until(() => listener.speakingMs > 0, patienceMs);
    for (const [index, { kind }] of script.entries()) {
      const sound = resample({ samples: sounds[index] ?? new Int16Array(0), rateHz: 8000 }, phone.stream.lineRateHz);
      said.push(await say(phone, listener, kind, sound));
    }
    await listener.until(() => listener.silentMs > overMs, patienceMs);
  } finally {
    await phone.hangUp();
  }
  return said;
}

async function say(phone: Phone, listener: Listener, kind: Kind, sound: Int16Array): Promise<Said> {
  const over = kind === 'back-channel' || kind === 'noise' || kind === 'interruption';
  await listener.until(() => (over ? listener.speakingMs > intoMs : listener.silentMs > overMs), patienceMs);
  const { lastVoicedNs } = await phone.say(sound);
  const toMs = Number(lastVoicedNs) / 1e6;
  const fromMs = toMs - (sound.length * 1000) / phone.stream.lineRateHz;
  const heardUntil = nowMs();
  if (kind === 'back-channel' || kind === 'noise')
    await listener.until(() => listener.silentMs > overMs || nowMs() > heardUntil + 1500, 4000);
  else await listener.until(() => listener.firstAfter(toMs + 200) !== undefined, patienceMs);
  const { key: callId } = phone.leg;
  return {
    callId,
    kind,
    fromMs,
    toMs,
    answeredMs: listener.firstAfter(toMs + 200),
    silentMs: listener.endOfStretch(fromMs),
  };
}
