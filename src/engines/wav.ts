/** RIFF WAVE with 16-bit PCM, as bytes: what the caller plays and records, and what remote engines take and give. */
import { fault } from '../errors.js';

export interface Wav {
  rateHz: number;
  /** One array of samples a channel, all of one length. */
  channels: Int16Array[];
}

const pcm = 1;
/** WAVE_FORMAT_EXTENSIBLE: the true format is the first word of its sub-format GUID. */
const extensible = 0xfffe;

/** Bytes of a WAV file. */
export function encodeWav({ rateHz, channels }: Wav): Buffer {
  const frames = channels[0]?.length ?? 0;
  const bytesPerFrame = channels.length * 2;
  const file = Buffer.alloc(44 + frames * bytesPerFrame);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + frames * bytesPerFrame, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(pcm, 20);
  file.writeUInt16LE(channels.length, 22);
  file.writeUInt32LE(rateHz, 24);
  file.writeUInt32LE(rateHz * bytesPerFrame, 28);
  file.writeUInt16LE(bytesPerFrame, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(frames * bytesPerFrame, 40);
  channels.forEach((samples, channel) => {
    for (let i = 0; i < frames; i++) file.writeInt16LE(samples[i] ?? 0, 44 + i * bytesPerFrame + channel * 2);
  });
  return file;
}

/** Reads the bytes of a WAV file; `name` is for the error. Throws NOT_SUPPORTED for anything but 16-bit PCM. */
export function decodeWav(file: Buffer, name: string): Wav {
  const refuse = (why: string) => fault('NOT_SUPPORTED', `reading ${name}`, why);
  const chunks = riffChunks(file);
  const format = chunks?.get('fmt ');
  const data = chunks?.get('data');
  if (!format || format.length < 16 || !data) throw refuse('it is no RIFF WAVE file with a format and data');
  const tag = format.readUInt16LE(0);
  const code = tag === extensible && format.length >= 26 ? format.readUInt16LE(24) : tag;
  const bits = format.readUInt16LE(14);
  const count = format.readUInt16LE(2);
  const rateHz = format.readUInt32LE(4);
  if (code !== pcm || bits !== 16) throw refuse(`expected 16-bit PCM, got format ${code} with ${bits} bits`);
  if (count === 0 || rateHz === 0) throw refuse(`it has ${count} channels at ${rateHz} Hz`);
  return { rateHz, channels: split(data, count) };
}

/** Chunks by name; a data chunk whose length was never filled in (a stream) runs to the end of the file. */
function riffChunks(file: Buffer): Map<string, Buffer> | undefined {
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    return undefined;
  const chunks = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= file.length; ) {
    const length = file.readUInt32LE(at + 4);
    chunks.set(file.toString('latin1', at, at + 4), file.subarray(at + 8, Math.min(file.length, at + 8 + length)));
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function split(data: Buffer, count: number): Int16Array[] {
  const frames = Math.floor(data.length / (2 * count));
  return Array.from({ length: count }, (_unused, channel) =>
    Int16Array.from({ length: frames }, (_sample, i) => data.readInt16LE((i * count + channel) * 2)),
  );
}

/** All channels as one. */
export function mono({ channels }: Wav): Int16Array {
  const [first = new Int16Array(0)] = channels;
  if (channels.length === 1) return first;
  return first.map((_sample, i) => channels.reduce((sum, each) => sum + (each[i] ?? 0), 0) / channels.length);
}
