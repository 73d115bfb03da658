/** One call from beginning to end: place it, converse, record, measure, hang up, give everything back. */
import { monotonicNs } from '../clock.js';
import type { Config } from '../config/schema.js';
import { reasonOf } from '../errors.js';
import { loadAddon, type SessionStats } from '../media/addon.js';
import type { Signalling } from '../signalling/leg.js';
import { converse, type Exchange, type Patience, type Progress, usualPatience } from './conversation.js';
import { Ear } from './ear.js';
import { Phone } from './phone.js';
import { Recorder, recordRateHz } from './recorder.js';
import { resample, type Sound } from './voice.js';
import type { Wav } from './wav.js';

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
}

export interface CallReport {
  codec: string;
  exchanges: Exchange[];
  /** Why the call was over before the last utterance; undefined when we ended it. */
  ended: string | undefined;
  media: SessionStats;
  recording: Wav;
}

/** Needs the media engine running in this process. Throws SIP_REFUSED, SIP_TIMEOUT or SDP_UNACCEPTABLE. */
export async function makeCall({
  uri,
  config,
  signalling,
  lines,
  progress,
  patience,
}: CallerOptions): Promise<CallReport> {
  const ear = new Ear(hearing);
  const recorder = new Recorder(monotonicNs());
  let ended: string | undefined;
  const phone = await Phone.call(uri, config, signalling, {
    onFrame: (frame) => {
      recorder.follow('bot', recorder.positionOf(frame.playoutNs), frame.samples);
      ear.hear(frame);
    },
    onEnded: (end, detail) => {
      ended = detail === '' ? end : `${end}: ${detail}`;
      ear.close();
    },
  });
  const say = async (samples: Int16Array): Promise<bigint> => {
    const { firstNs, lastVoicedNs } = await phone.say(samples);
    recorder.place(
      'caller',
      recorder.positionOf(firstNs),
      resample({ samples, rateHz: phone.stream.lineRateHz }, recordRateHz),
    );
    return lastVoicedNs;
  };
  const exchanges: Exchange[] = [];
  const answered = (exchange: Exchange, index: number) => {
    exchanges.push(exchange);
    progress?.answered?.(exchange, index);
  };
  let media = phone.stats();
  try {
    const utterances = lines.map((line) => ({ ...line, samples: resample(line, phone.stream.lineRateHz) }));
    await converse(ear, say, utterances, { ...usualPatience, ...patience }, { ...progress, answered });
  } catch (thrown) {
    ended ??= reasonOf(thrown);
  } finally {
    media = phone.stats();
    await phone.hangUp();
  }
  return { codec: phone.stream.codec, exchanges, ended, media, recording: recorder.toWav() };
}

/** Runs `work` with the media engine of this process started, and stops it on every way out. */
export async function withMediaEngine<T>(work: () => Promise<T>): Promise<T> {
  const addon = loadAddon();
  addon.startEngine({ realtime: true });
  try {
    return await work();
  } finally {
    addon.stopEngine();
  }
}
