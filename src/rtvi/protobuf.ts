/**
 * The part of Pipecat's `Frame` (proto3) that is needed: its `message` (4), a MessageFrame whose `data` (1) is a whole
 * RTVI message as JSON text; and its `audio` (2), an AudioRawFrame: audio 3, sample_rate 4, num_channels 5. Other frames
 * (text 1, transcription 3, interruption 5) are told apart only.
 */
import { fault } from '../errors.js';
import type { Clip } from './supervisor-audio.js';

export type Frame =
  | { kind: 'message'; text: string }
  | ({ kind: 'audio' } & Clip)
  | { kind: 'text' | 'transcription' | 'interruption' | 'empty' };

const kinds = { 1: 'text', 3: 'transcription', 5: 'interruption' } as const;
const audioField = 2;
const messageField = 4;
const dataField = 1;
/** Wire type 2: length, then that many bytes. */
const lengthDelimited = 2;
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function encodeMessageFrame(text: string): Uint8Array {
  const data = delimited(dataField, Buffer.from(text));
  return delimited(messageField, data);
}

/** Throws RTVI_INVALID on what is not a Frame. The last member of the oneof wins, as proto3 has it. */
export function decodeFrame(bytes: Uint8Array): Frame {
  let frame: Frame = { kind: 'empty' };
  for (const { field, value } of fields(bytes)) {
    if (field === messageField) frame = { kind: 'message', text: dataOf(required(value)) };
    else if (field === audioField) frame = { kind: 'audio', ...clipOf(required(value)) };
    else if (field in kinds) frame = { kind: kinds[field as keyof typeof kinds] };
  }
  return frame;
}

/** Numbers that are missing are 0, as proto3 has it. */
function clipOf(message: Uint8Array): Clip {
  const clip: Clip = { pcm: new Uint8Array(), rateHz: 0, channels: 0 };
  for (const { field, value, number } of fields(message)) {
    if (field === 3) clip.pcm = required(value);
    else if (field === 4) clip.rateHz = number;
    else if (field === 5) clip.channels = number;
  }
  return clip;
}

function dataOf(message: Uint8Array): string {
  let text = '';
  for (const { field, value } of fields(message)) if (field === dataField) text = decodeText(required(value));
  return text;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalid('UTF-8', 'other bytes');
  }
}

function delimited(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([varint((field << 3) | lengthDelimited), varint(content.length), content]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

interface Field {
  field: number;
  /** Content of a length-delimited field; undefined for numbers. */
  value: Uint8Array | undefined;
  /** Of a varint; else 0. */
  number: number;
}

function* fields(bytes: Uint8Array): Generator<Field> {
  const reader = new Reader(bytes);
  while (!reader.done) {
    const key = reader.varint();
    yield { field: Math.floor(key / 8), ...reader.value(key & 7) };
  }
}

class Reader {
  #at = 0;
  constructor(readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** At most ten bytes; exact up to 2^53, which no length or field number reaches. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      const byte = this.#take(1)[0] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw invalid('a varint of at most ten bytes', 'more');
  }

  value(wireType: number): Omit<Field, 'field'> {
    if (wireType === lengthDelimited) return { value: this.#take(this.varint()), number: 0 };
    if (wireType === 0) return { value: undefined, number: this.varint() };
    if (wireType === 1) this.#take(8);
    else if (wireType === 5) this.#take(4);
    else throw invalid('wire type 0, 1, 2 or 5', String(wireType));
    return { value: undefined, number: 0 };
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.bytes.length) throw invalid(`${length} more bytes`, `${this.bytes.length - this.#at}`);
    const taken = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function required(value: Uint8Array | undefined): Uint8Array {
  if (!value) throw invalid('a length-delimited field', 'a number');
  return value;
}

const invalid = (expected: string, got: string) => fault('RTVI_INVALID', 'protobuf frame', expected, got);
