/** One call from beginning to end: place it, converse, record, measure, hang up, give everything back. */
import { monotonicNs } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { Wav } from '../engines/wav.js';
import { reasonOf } from '../errors.js';
import { loadAddon, type SessionStats } from '../media/addon.js';
import type { LegEnd, PlaceOptions, Signalling } from '../signalling/leg.js';
import { converse, type Exchange, type Patience, type Progress, usualPatience } from './conversation.js';
import { Ear, type HeardFrame } from './ear.js';
import { Phone, type PhoneHandlers } from './phone.js';
import { Recorder, recordRateHz } from './recorder.js';
import { resample, type Sound } from './voice.js';

/** Two frames make an answer, not a click; the hangover outlasts the pause between two sentences. */
const hearing = { onsetMs: 40, hangoverMs: 1500 };

/** One thing to say, at any rate. */
export interface Line extends Sound {
  text: string;
  interrupts: boolean;
}

export interface CallerOptions {
  uri: string;
  config: Config;
  signalling: Signalling;
  lines: readonly Line[];
  progress?: Progress;
  patience?: Partial<Patience>;
  /** How it rings, for how long, and the wish to end it: before the answer it gives up, after it hangs up. */
  placing?: PlaceOptions;
  /** Told the key of the call's leg. */
  onConnected?: (callId: string) => void;
}

export interface CallReport {
  codec: string;
  exchanges: Exchange[];
  /** Why the call was over before the last utterance; undefined when we ended it. */
  ended: string | undefined;
  media: SessionStats;
  recording: Wav;
}

/** Needs the media engine running in this process. Throws as `Phone.call` does. */
export async function makeCall(options: CallerOptions): Promise<CallReport> {
  const { uri, config, signalling, lines, patience, progress, placing = {} } = options;
  const seat = new Seat();
  const phone = await Phone.call(uri, config, signalling, seat, placing);
  options.onConnected?.(phone.leg.key);
  const enough = () => seat.leave(phone);
  placing.signal?.addEventListener('abort', enough, { once: true });
  const { lineRateHz, codec } = phone.stream;
  const exchanges: Exchange[] = [];
  const answered = (exchange: Exchange, index: number) => {
    exchanges.push(exchange);
    progress?.answered?.(exchange, index);
  };
  try {
    const utterances = lines.map((line) => ({ ...line, samples: resample(line, lineRateHz) }));
    const say = (samples: Int16Array) => seat.say(phone, samples);
    await converse(seat.ear, say, utterances, { ...usualPatience, ...patience }, { ...progress, answered });
  } catch (thrown) {
    seat.ended ??= reasonOf(thrown);
  }
  placing.signal?.removeEventListener('abort', enough);
  const { ended } = seat;
  const media = phone.stats();
  await phone.hangUp();
  return { codec, exchanges, ended, media, recording: seat.recorder.toWav() };
}

/** Who holds the phone: an ear, and a recorder that hears both sides. */
class Seat implements PhoneHandlers {
  readonly ear = new Ear(hearing);
  readonly recorder = new Recorder(monotonicNs());
  /** Why the call is over, where it was not us who ended it. */
  ended: string | undefined;

  onFrame(frame: HeardFrame): void {
    this.recorder.follow('bot', this.recorder.positionOf(frame.playoutNs), frame.samples);
    this.ear.hear(frame);
  }

  /** We had enough of it: whatever is waited for ends now, and what was measured is kept. */
  leave(phone: Phone): void {
    this.ended = 'by the caller, before the last question';
    phone.stop();
    this.ear.close();
  }

  onEnded(end: LegEnd, detail: string): void {
    this.ended = detail === '' ? end : `${end}: ${detail}`;
    this.ear.close();
  }

  /** Resolves with the moment at which the last voiced sample was sent. */
  async say(phone: Phone, samples: Int16Array): Promise<bigint> {
    const { firstNs, lastVoicedNs } = await phone.say(samples);
    const heard = resample({ samples, rateHz: phone.stream.lineRateHz }, recordRateHz);
    this.recorder.place('caller', this.recorder.positionOf(firstNs), heard);
    return lastVoicedNs;
  }
}

/** Runs `work` with the media engine of this process started, and stops it on every way out. */
export async function withMediaEngine<T>({ rtp }: Config, work: () => Promise<T>): Promise<T> {
  const addon = loadAddon();
  addon.startEngine({ realtime: rtp.realtime });
  try {
    return await work();
  } finally {
    addon.stopEngine();
  }
}
