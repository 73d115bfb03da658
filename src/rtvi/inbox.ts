/**
 * What comes in on one connection, up to the envelope: frame form, limits, and what is dropped without a word. The
 * form of the first message decides for the connection; a later one of the other form is read as what it is.
 */
import { OavcError } from '../errors.js';
import { type Envelope, parse } from './messages.js';
import type { FrameForm } from './outgoing.js';
import { decodeFrame, type Frame } from './protobuf.js';
import { clientRate, RateLimit } from './rate.js';
import type { Clip } from './supervisor-audio.js';

export type Received =
  | { kind: 'message'; envelope: Envelope }
  /** Of a microphone, in the frame form or as a message. */
  | { kind: 'audio'; audio: Clip | Envelope }
  | { kind: 'ignored' }
  /** Meant for RTVI, but without what an answer needs. */
  | { kind: 'invalid'; problem: string }
  | { kind: 'too-often'; id: string | undefined }
  | { kind: 'flood' };

/** A microphone sends some 62 frames a second, silence included. */
const audioRate = { perSecond: 250, burst: 1000, patience: 1000 };
const audioTypes = new Set(['raw-audio', 'raw-audio-batch']);
const ignored: Received = { kind: 'ignored' };

export class Inbox {
  readonly #messages: RateLimit;
  readonly #audio: RateLimit;
  #form: FrameForm | undefined;

  constructor(nowMs: number) {
    this.#messages = new RateLimit(clientRate, nowMs);
    this.#audio = new RateLimit(audioRate, nowMs);
  }

  /** Form of this connection; undefined before the first message. */
  get form(): FrameForm | undefined {
    return this.#form;
  }

  receive(data: string | Uint8Array, nowMs: number): Received {
    this.#form ??= typeof data === 'string' ? 'text' : 'protobuf';
    const frame = frameOf(data);
    if (frame?.kind !== 'message') return this.#hear(frame?.kind === 'audio' ? frame : undefined, nowMs);
    const parsed = parse(frame.text);
    if (parsed.kind === 'message' && audioTypes.has(parsed.envelope.type)) return this.#hear(parsed.envelope, nowMs);
    const verdict = this.#messages.take(nowMs);
    if (verdict === 'flood') return { kind: 'flood' };
    if (verdict === 'refuse')
      return { kind: 'too-often', id: parsed.kind === 'message' ? parsed.envelope.id : undefined };
    return parsed.kind === 'ignored' ? ignored : parsed;
  }

  /** What is too much is dropped without a word: an answer to each would be more of it. */
  #hear(audio: Clip | Envelope | undefined, nowMs: number): Received {
    const verdict = this.#audio.take(nowMs);
    if (verdict === 'flood') return { kind: 'flood' };
    return audio && verdict === 'pass' ? { kind: 'audio', audio } : ignored;
  }
}

/** The RTVI message in either form; undefined for audio, for frames of no interest, and for rubbish. */
export function messageText(data: string | Uint8Array): string | undefined {
  const frame = frameOf(data);
  return frame?.kind === 'message' ? frame.text : undefined;
}

function frameOf(data: string | Uint8Array): Frame | undefined {
  if (typeof data === 'string') return { kind: 'message', text: data };
  try {
    return decodeFrame(data);
  } catch (thrown) {
    if (thrown instanceof OavcError) return undefined;
    throw thrown;
  }
}
