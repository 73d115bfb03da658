/**
 * What comes in on one connection, up to the envelope: frame form, limits, and what is dropped without a word. The
 * form of the first message decides for the connection; a later one of the other form is read as what it is.
 */
import { OavcError } from '../errors.js';
import { type Envelope, parse } from './messages.js';
import type { FrameForm } from './outgoing.js';
import { decodeFrame } from './protobuf.js';
import { clientRate, RateLimit, type Verdict } from './rate.js';

export type Received =
  | { kind: 'message'; envelope: Envelope }
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
    const text = messageText(data);
    if (text === undefined) return quiet(this.#audio.take(nowMs));
    const parsed = parse(text);
    if (parsed.kind === 'message' && audioTypes.has(parsed.envelope.type)) return quiet(this.#audio.take(nowMs));
    const verdict = this.#messages.take(nowMs);
    if (verdict === 'flood') return { kind: 'flood' };
    if (verdict === 'refuse')
      return { kind: 'too-often', id: parsed.kind === 'message' ? parsed.envelope.id : undefined };
    return parsed.kind === 'ignored' ? ignored : parsed;
  }
}

/** The RTVI message in either form; undefined for audio, for frames of no interest, and for rubbish. */
export function messageText(data: string | Uint8Array): string | undefined {
  if (typeof data === 'string') return data;
  try {
    const frame = decodeFrame(data);
    return frame.kind === 'message' ? frame.text : undefined;
  } catch (thrown) {
    if (thrown instanceof OavcError) return undefined;
    throw thrown;
  }
}

const quiet = (verdict: Verdict): Received => (verdict === 'flood' ? { kind: 'flood' } : ignored);
