/**
 * SIP messages in a stream (RFC 3261, 18.3): each ends where its Content-Length says. Between them a peer may send
 * CRLFs: two together ask for a sign of life (RFC 5626, 4.4.1).
 */
import { fault } from '../../errors.js';
import { maxMessageBytes } from './message.js';

export type Frame = { kind: 'message'; bytes: Buffer } | { kind: 'ping' };

const lengthLine = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$/im;
const gap = Buffer.from('\r\n\r\n');
const cr = 0x0d;
const lf = 0x0a;

export class Framer {
  #rest: Buffer = Buffer.alloc(0);

  /** True while a message has begun and is not whole. */
  get partial(): boolean {
    return this.#rest.length > 0 && this.#rest[0] !== cr;
  }

  /** The frames that `chunk` makes whole; throws SIP_MALFORMED where the stream cannot be followed any further. */
  push(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#rest[0] === cr) return this.#blank();
    const end = this.#rest.indexOf(gap);
    if (end < 0) {
      if (this.#rest.length > maxMessageBytes) throw tooLong();
      return undefined;
    }
    return this.#message(end + gap.length);
  }

  /** A CRLF alone is an answer to a ping, or the first half of one. */
  #blank(): Frame | undefined {
    if (this.#rest.length < 2) return undefined;
    if (this.#rest[1] !== lf) throw fault('SIP_MALFORMED', 'expected LF after CR between two messages');
    if (this.#rest.subarray(0, gap.length).equals(gap)) {
      this.#rest = this.#rest.subarray(gap.length);
      return { kind: 'ping' };
    }
    if (this.#rest.length < gap.length && gap.subarray(0, this.#rest.length).equals(this.#rest)) return undefined;
    this.#rest = this.#rest.subarray(2);
    return this.#next();
  }

  #message(bodyAt: number): Frame | undefined {
    const [, digits] = lengthLine.exec(this.#rest.toString('latin1', 0, bodyAt)) ?? [];
    if (digits === undefined) throw fault('SIP_MALFORMED', 'expected a Content-Length, got none');
    const length = bodyAt + Number(digits);
    if (length > maxMessageBytes) throw tooLong();
    if (this.#rest.length < length) return undefined;
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return { kind: 'message', bytes };
  }
}

const tooLong = () => fault('SIP_MALFORMED', `expected at most ${maxMessageBytes} octets`);
