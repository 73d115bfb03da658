/** A client's microphone, from either frame form to the call. */
import { fault } from '../errors.js';
import { allows, type Visitor } from './visitor.js';

/** A stretch of audio: 16-bit little-endian samples, channels side by side. */
export interface Clip {
  pcm: Uint8Array;
  rateHz: number;
  channels: number;
}

/** Rates that microphones have; a filter between any two numbers would be as large as the client likes. */
const rates: readonly number[] = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

/** Speaks to the caller. Throws RTVI_UNAUTHORISED, RTVI_INVALID, NOT_SUPPORTED; without a running call nobody hears it. */
export function supervise(visitor: Visitor, clip: Clip): void {
  if (!allows(visitor.grant, 'steer')) throw fault('RTVI_UNAUTHORISED', 'supervisor audio');
  visitor.liveCall()?.supervise(monoOf(clip), clip.rateHz, visitor.origin);
}

/** int16 of one channel: the mean of all. */
export function monoOf({ pcm, rateHz, channels }: Clip): Int16Array {
  if (!rates.includes(rateHz)) throw fault('RTVI_INVALID', 'sampleRate', `one of ${rates.join(', ')}`, String(rateHz));
  if (channels !== 1 && channels !== 2) throw fault('RTVI_INVALID', 'numChannels', '1 or 2', String(channels));
  if (pcm.length % (2 * channels) !== 0)
    throw fault('RTVI_INVALID', 'audio', `whole samples of ${2 * channels} bytes`, `${pcm.length} bytes`);
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const sample = (at: number) => view.getInt16(2 * at, true);
  return Int16Array.from({ length: pcm.length / 2 / channels }, (_, at) =>
    channels === 1 ? sample(at) : (sample(2 * at) + sample(2 * at + 1)) >> 1,
  );
}
