/**
 * The JavaScript side of a call's rings. Wait-free: one writer and one reader each; a full ring is a return
 * value, never an exception. Positions are free-running 32-bit sample counts; compare them with `distance` only.
 */
import { heardLayout as H, spokenLayout as S, supervisorLayout } from './ring-layout.js';

/** Samples from `from` to `to`, negative when `to` lies before; right across the 32-bit wrap. */
export const distance = (from: number, to: number): number => (to - from) | 0;

const advance = (position: number, samples: number): number => (position + samples) >>> 0;

/** When the packet of a heard sample arrived and when the jitter buffer played it; arrival 0 means concealed or silence. */
export interface FrameStamp {
  arrivalNs: bigint;
  playoutNs: bigint;
}

/** Stamps that the writer may be writing over. */
const stampMargin = 32;

export interface HeardDigit {
  digit: string;
  durationMs: number;
}

/** Starts of kept views lie at multiples of this: frames and windows of the ring's rate do. */
const viewStep = 64;

/** Reads what the caller says; the one reader of its ring. */
export class HeardRing {
  readonly #words: Uint32Array;
  readonly #samples: Int16Array;
  readonly #stamps: BigInt64Array;
  #read: number;
  /** The writer's position when it was last looked at. */
  #writeSeen: number;
  #digitsSeen: number;
  /** Views of the samples by their start, all of one length: making one costs as much as copying what is in it. */
  readonly #views: (Int16Array | undefined)[] = [];
  #viewLength = 0;

  /** Starts at what is written now: a replaced reader does not hear the past. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Uint32Array(buffer, 0, H.samples / 4);
    this.#samples = new Int16Array(buffer, H.samples, H.capacity);
    this.#stamps = new BigInt64Array(buffer, H.stamps, H.stampSlots * 2);
    this.#read = Atomics.load(this.#words, H.write / 4);
    this.#writeSeen = this.#read;
    this.#digitsSeen = Atomics.load(this.#words, H.digitCount / 4);
    Atomics.store(this.#words, H.read / 4, this.#read);
  }

  get position(): number {
    return this.#read;
  }

  /**
   * May be late by what the writer adds meanwhile; never too large. A plain read, since at each wake every call is
   * asked; `read` looks again before it takes samples.
   */
  available(): number {
    return distance(this.#read, this.#words[H.write / 4] ?? 0);
  }

  /** Fills `out` whole or, when fewer samples are there, not at all. */
  read(out: Int16Array): boolean {
    if (distance(this.#read, this.#writeSeen) < out.length) {
      if (this.available() < out.length) return false;
      this.#writeSeen = Atomics.load(this.#words, H.write / 4);
    }
    const start = this.#read & (H.capacity - 1);
    const head = Math.min(out.length, H.capacity - start);
    out.set(this.#viewAt(start, head));
    if (head < out.length) out.set(this.#samples.subarray(0, out.length - head), head);
    this.#read = advance(this.#read, out.length);
    Atomics.store(this.#words, H.read / 4, this.#read);
    return true;
  }

  #viewAt(start: number, length: number): Int16Array {
    if (start % viewStep !== 0 || (this.#viewLength > 0 && length !== this.#viewLength))
      return this.#samples.subarray(start, start + length);
    this.#viewLength = length;
    const at = start / viewStep;
    let view = this.#views[at];
    if (!view) {
      view = this.#samples.subarray(start, start + length);
      this.#views[at] = view;
    }
    return view;
  }

  /** The stamp of the sample at `position`, exact to the sample; valid for the last four seconds. */
  stampAt(position: number): FrameStamp {
    const count = Atomics.load(this.#words, H.stampCount / 4);
    let newest = Math.min(count, H.stampSlots - stampMargin);
    let oldest = 1;
    // How many stamps back the youngest is that begins no later than the position.
    while (oldest < newest) {
      const middle = (oldest + newest) >> 1;
      if (distance(this.#stampStart(count - middle), position) >= 0) newest = middle;
      else oldest = middle + 1;
    }
    const slot = ((count - oldest) >>> 0) % H.stampSlots;
    return { arrivalNs: Atomics.load(this.#stamps, slot * 2), playoutNs: Atomics.load(this.#stamps, slot * 2 + 1) };
  }

  #stampStart(stamp: number): number {
    return this.#words[H.stampPositions / 4 + ((stamp >>> 0) % H.stampSlots)] ?? 0;
  }

  /** The next digit that the caller pressed; at most the last sixteen are kept. */
  nextDigit(): HeardDigit | undefined {
    const written = Atomics.load(this.#words, H.digitCount / 4);
    const behind = distance(this.#digitsSeen, written);
    if (behind <= 0) return undefined;
    if (behind > H.digitSlots) this.#digitsSeen = advance(written, -H.digitSlots);
    const word = this.#words[H.digits / 4 + (this.#digitsSeen % H.digitSlots)] ?? 0;
    this.#digitsSeen = advance(this.#digitsSeen, 1);
    return { digit: String.fromCharCode(word & 0xff), durationMs: word >>> 8 };
  }
}

/**
 * What the bot says. The voice worker writes; the speech worker pauses, resumes and discards; the media thread plays.
 * `discard` starts a new epoch: a writer that still holds the old one must stop, and what it wrote meanwhile is skipped.
 * A supervisor's ring is one too, of another size.
 */
export class SpokenRing {
  readonly #words: Uint32Array;
  readonly #samples: Int16Array;
  readonly #markNs: BigInt64Array;
  readonly #capacity: number;
  /** The reader's position when the writer last looked at it. */
  #readSeen = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Uint32Array(buffer, 0, S.samples / 4);
    this.#samples = new Int16Array(buffer, S.samples);
    this.#capacity = this.#samples.length;
    this.#markNs = new BigInt64Array(buffer, S.markNs, 1);
    this.#readSeen = this.#load(S.read);
  }

  #load(offset: number): number {
    return Atomics.load(this.#words, offset / 4);
  }

  get epoch(): number {
    return this.#load(S.epoch);
  }
  /** Where the next written sample goes. */
  get written(): number {
    return this.#load(S.write);
  }
  /** End of the last sample that was really sent. */
  get played(): number {
    return this.#load(S.played);
  }
  /** Samples that are being sent in this tick. */
  get sending(): boolean {
    return this.#load(S.sending) === 1;
  }

  /** Copies `count` samples from `position` on, for who looks back at what was sent; of a full ring it may be newer ones. */
  copy(position: number, count: number): Int16Array {
    const copied = new Int16Array(Math.min(count, this.#capacity));
    const start = position % this.#capacity;
    const head = Math.min(copied.length, this.#capacity - start);
    copied.set(this.#samples.subarray(start, start + head));
    copied.set(this.#samples.subarray(0, copied.length - head), head);
    return copied;
  }

  /** Samples that are written and not read yet. */
  get waiting(): number {
    return distance(this.#load(S.read), this.written);
  }
  room(): number {
    return this.#capacity - this.waiting;
  }

  /** Writes as much as there is room for, while `epoch` still holds; returns the samples written, or -1 when it is over. */
  write(samples: Int16Array, epoch: number): number {
    // Plain reads: only this side writes the position, and of the epoch the look behind the samples decides.
    if (this.#words[S.epoch / 4] !== epoch) return -1;
    const written = this.#words[S.write / 4] ?? 0;
    if (this.#capacity - distance(this.#readSeen, written) < samples.length) this.#readSeen = this.#load(S.read);
    const count = Math.min(samples.length, this.#capacity - distance(this.#readSeen, written));
    this.#put(samples, count, written & (this.#capacity - 1));
    const end = advance(written, count);
    Atomics.store(this.#words, S.write / 4, end);
    if (this.epoch === epoch) return count;
    this.#skipTo(end);
    return -1;
  }

  #put(samples: Int16Array, count: number, start: number): void {
    const head = Math.min(count, this.#capacity - start);
    this.#samples.set(head === samples.length ? samples : samples.subarray(0, head), start);
    if (head < count) this.#samples.set(samples.subarray(head, count), 0);
  }

  /** Asks the media thread to time the sending of the sample at `position`; one mark at a time, the newest counts. */
  mark(position: number, sequence: number): void {
    Atomics.store(this.#words, S.markPosition / 4, position);
    Atomics.store(this.#words, S.markSequence / 4, sequence);
  }

  /** When the marked sample was sent; undefined until it was. */
  markedNs(sequence: number): bigint | undefined {
    return this.#load(S.markDone) === sequence ? Atomics.load(this.#markNs, 0) : undefined;
  }

  get paused(): boolean {
    return this.#load(S.paused) === 1;
  }
  pause(): void {
    Atomics.store(this.#words, S.paused / 4, 1);
  }
  resume(): void {
    Atomics.store(this.#words, S.paused / 4, 0);
  }

  /** Drops everything that is written and not yet sent; returns the end of what was sent. */
  discard(): number {
    Atomics.add(this.#words, S.epoch / 4, 1);
    const played = this.played;
    this.#skipTo(this.written);
    this.resume();
    return played;
  }

  #skipTo(position: number): void {
    const word = S.discardTo / 4;
    for (;;) {
      const now = Atomics.load(this.#words, word);
      if (distance(now, position) <= 0) return;
      if (Atomics.compareExchange(this.#words, word, now, position) === now) return;
    }
  }
}

export interface Rings {
  heard: SharedArrayBuffer;
  spoken: SharedArrayBuffer;
}

/** Allocates the memory of a call. Keep both until the session's `close` resolved. */
export const allocateRings = (): Rings => ({
  heard: new SharedArrayBuffer(H.bytes),
  spoken: new SharedArrayBuffer(S.bytes),
});

export const allocateSupervisorRing = (): SharedArrayBuffer => new SharedArrayBuffer(supervisorLayout.bytes);
