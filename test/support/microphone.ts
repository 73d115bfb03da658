/** A client's microphone in each form of the wire. Written from the protocol's own description, not from our reader. */

const octets = (samples: Int16Array): Buffer => {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, at) => void bytes.writeInt16LE(sample, at * 2));
  return bytes;
};

/** `data` of a `raw-audio` message. */
export const rawAudio = (samples: Int16Array, sampleRate: number, numChannels = 1) => ({
  base64Audio: octets(samples).toString('base64'),
  sampleRate,
  numChannels,
});

/** `data` of a `raw-audio-batch` message. */
export const rawAudioBatch = (parts: Int16Array[], sampleRate: number) => ({
  base64AudioBatch: parts.map((part) => octets(part).toString('base64')),
  sampleRate,
  numChannels: 1,
});

/** A Frame with an AudioRawFrame: audio 3, sample_rate 4, num_channels 5. */
export function audioFrame(samples: Int16Array, sampleRate: number, numChannels = 1): Buffer {
  const audio = octets(samples);
  const inner = Buffer.concat([
    Buffer.from([0x1a, ...varint(audio.length)]),
    audio,
    Buffer.from([0x20, ...varint(sampleRate), 0x28, ...varint(numChannels)]),
  ]);
  return Buffer.concat([Buffer.from([0x12, ...varint(inner.length)]), inner]);
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
