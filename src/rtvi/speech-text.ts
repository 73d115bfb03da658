/**
 * The bot's sentences of one turn, in step with what the caller hears. Sentences come before or after the playout
 * begins; nothing is shown as spoken before it does.
 */

export interface Segment {
  /** The same through the segment's life, different between the segments of a call. */
  id: number;
  text: string;
}

export type OutputStep =
  /** Of an answer that is not spoken. */
  | { step: 'written'; segment: Segment }
  /** Is about to be spoken, or is being spoken. */
  | { step: 'new'; segment: Segment }
  /** Heard up to `accumulated`, which begins `segment.text`; `fresh` is what of it was not told before. */
  | { step: 'progress'; segment: Segment; accumulated: string; fresh: string }
  /** Cut off after `accumulated`. */
  | { step: 'cut'; segment: Segment; accumulated: string; fresh: string }
  /** Heard to its end; `fresh` is the whole text where no progress was told. */
  | { step: 'completed'; segment: Segment; fresh: string };

export interface PendingSegment extends Segment {
  /** Characters told as heard. */
  readonly told: number;
}

interface Tracked extends Segment {
  index: number;
  shown: boolean;
  heard: boolean;
  told: number;
}

/** Sentences of one turn that are followed; of a longer one the rest is not shown. */
const segmentLimit = 400;

export class SpeechText {
  #turn = -1;
  #playing = false;
  #closed = false;
  #segments: Tracked[] = [];
  #nextId = 1;
  #writtenTurn = -1;

  /** The turn's answer will only be written. */
  unspoken(turn: number): void {
    this.#writtenTurn = turn;
  }

  /** A sentence of the answer. */
  sentence(turn: number, index: number, text: string): OutputStep[] {
    if (turn === this.#writtenTurn) return [{ step: 'written', segment: { id: this.#takeId(), text } }];
    if (!this.#enter(turn)) return [];
    this.#track(index, text);
    return this.#playing ? this.#show() : [];
  }

  /** The turn's audio began to play. */
  started(turn: number): OutputStep[] {
    if (!this.#enter(turn)) return [];
    this.#playing = true;
    return this.#show();
  }

  /** A sentence was played to its end. */
  heard(turn: number, index: number, text: string): OutputStep[] {
    if (!this.#enter(turn)) return [];
    const segment = this.#track(index, text);
    if (!segment || segment.heard) return [];
    const before = this.#show();
    segment.heard = true;
    return [...before, { step: 'completed', segment, fresh: tell(segment, segment.text) }];
  }

  /** The caller has heard `words` of a sentence. What was told already, or is of an unknown sentence, is no news. */
  progress(turn: number, index: number, words: string): OutputStep[] {
    if (!this.#enter(turn) || !this.#playing) return [];
    const segment = this.#segments.find((known) => known.index === index);
    if (!segment || segment.heard || words.length <= segment.told || !segment.text.startsWith(words)) return [];
    const before = this.#show();
    return [...before, { step: 'progress', segment, accumulated: words, fresh: tell(segment, words) }];
  }

  /** The turn was cut off; `heard` is what the caller heard of all of it. */
  cut(turn: number, heard: string): OutputStep[] {
    if (!this.#enter(turn)) return [];
    const open = this.#segments.find((segment) => segment.shown && !segment.heard);
    const accumulated = open ? this.#rest(heard) : '';
    this.stopped(turn);
    if (!open || accumulated === '' || !open.text.startsWith(accumulated)) return [];
    return [{ step: 'cut', segment: open, accumulated, fresh: tell(open, accumulated) }];
  }

  /** The turn is over; what comes for it afterwards is ignored. */
  stopped(turn: number): void {
    if (!this.#enter(turn)) return;
    this.#closed = true;
    this.#playing = false;
    this.#segments = [];
  }

  /** Whether text of this turn still belongs to what is being said. */
  current(turn: number): boolean {
    return turn > this.#turn || (turn === this.#turn && !this.#closed);
  }

  /** Sentences that have not been heard to their end. */
  get pending(): readonly PendingSegment[] {
    return this.#segments.filter((segment) => !segment.heard);
  }

  /** Enters the turn if it is new; false when it is over. */
  #enter(turn: number): boolean {
    if (!this.current(turn)) return false;
    if (turn === this.#turn) return true;
    this.#turn = turn;
    this.#playing = false;
    this.#closed = false;
    this.#segments = [];
    return true;
  }

  #track(index: number, text: string): Tracked | undefined {
    const known = this.#segments.find((segment) => segment.index === index);
    if (known || this.#segments.length >= segmentLimit) return known;
    const segment = { id: this.#takeId(), text, index, shown: false, heard: false, told: 0 };
    this.#segments.push(segment);
    this.#segments.sort((a, b) => a.index - b.index);
    return segment;
  }

  #takeId(): number {
    this.#nextId += 1;
    return this.#nextId - 1;
  }

  #show(): OutputStep[] {
    const fresh = this.#segments.filter((segment) => !segment.shown);
    for (const segment of fresh) segment.shown = true;
    return fresh.map((segment) => ({ step: 'new', segment }));
  }

  /** What of `heard` lies behind the sentences that were heard to their end. */
  #rest(heard: string): string {
    let rest = heard.trimStart();
    for (const { text, heard: done } of this.#segments)
      if (done && rest.startsWith(text.trim())) rest = rest.slice(text.trim().length).trimStart();
    return rest;
  }
}

/** Notes that `words`, with which the text begins, are told; returns those of them that are new. */
function tell(segment: Tracked, words: string): string {
  const fresh = words.slice(segment.told).trim();
  segment.told = Math.max(segment.told, words.length);
  return fresh;
}
