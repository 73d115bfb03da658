/** Audio that waits for a decoder, with the ends of utterances in their places. Bounded. */

/** Longest piece handed to the decoder at once: 400 ms at 16 kHz, so that partials stay frequent when it lags. */
const PIECE_SAMPLES = 6400;
/** 30 s at 16 kHz: a decoder that is this late will not catch up in the call. */
const LIMIT_SAMPLES = 30 * 16000;
/** Utterances that may have ended without their words: one waits, one is spoken, the rest is a fault of the caller. */
const ENDS_LIMIT = 8;

export class PendingAudio {
  #pieces: (Int16Array | 'end')[] = [];
  #samples = 0;
  #ends = 0;

  /** Keeps a copy; false when too much waits already, and the samples are dropped. */
  push(samples: Int16Array): boolean {
    if (this.#samples + samples.length > LIMIT_SAMPLES) return false;
    this.#pieces.push(samples.slice());
    this.#samples += samples.length;
    return true;
  }

  /** Marks the end of an utterance; false when too many ends wait already. */
  endUtterance(): boolean {
    if (this.#ends >= ENDS_LIMIT) return false;
    this.#ends++;
    this.#pieces.push('end');
    return true;
  }

  /** The next joined piece of audio, or the end of an utterance, or nothing. */
  next(): Int16Array | 'end' | undefined {
    if (this.#pieces[0] !== 'end') return this.#joined();
    this.#pieces.shift();
    this.#ends--;
    return 'end';
  }

  clear(): void {
    this.#pieces = [];
    this.#samples = 0;
    this.#ends = 0;
  }

  #joined(): Int16Array | undefined {
    const run: Int16Array[] = [];
    let length = 0;
    for (const piece of this.#pieces) {
      if (piece === 'end' || (length > 0 && length + piece.length > PIECE_SAMPLES)) break;
      run.push(piece);
      length += piece.length;
    }
    if (run.length === 0) return undefined;
    this.#pieces.splice(0, run.length);
    this.#samples -= length;
    return joinedOf(run, length);
  }
}

function joinedOf(pieces: readonly Int16Array[], length: number): Int16Array {
  const joined = new Int16Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
