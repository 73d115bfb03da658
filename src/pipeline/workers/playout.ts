/**
 * How far the bot's turns are in the spoken ring: which sentence was heard, when the first packet of an answer left,
 * and, when it is cut off, the words that the caller heard. All by positions: no clock decides.
 */
import { monotonicNs } from '../../clock.js';
import { distance, type SpokenRing } from '../../media/sample-ring.js';
import type { EventBody } from '../events.js';
import { heardText } from '../text/heard-text.js';
import type { VoiceToSpeech } from './protocol.js';

type Written = Extract<VoiceToSpeech, { type: 'written' }>;

interface PlayedTurn {
  turn: number;
  sentences: Written[];
  /** Sentences that were played to their end. */
  heard: number;
  /** Words of the sentence after those that were told as heard. */
  told: string;
  /** The caller may cut it off. */
  interruptible: boolean;
  /** Nothing more will be written. */
  finished: boolean;
  started: boolean;
}

export interface CutOff {
  turn: number;
  heard: string;
  /** The caller had heard some of it. */
  audible: boolean;
}

/** The mark by which the media thread times the first packet of a turn; 0 is no mark. */
export const markOf = (turn: number): number => turn + 1;

export class Playout {
  #turns: PlayedTurn[] = [];

  constructor(
    readonly ring: SpokenRing,
    readonly lineRateHz: number,
    readonly emit: (body: EventBody) => void,
  ) {}

  get epoch(): number {
    return this.ring.epoch;
  }
  get busy(): boolean {
    return this.#turns.length > 0;
  }
  /** The turn that is heard now or next; -1 when there is none. */
  get turn(): number {
    return this.#turns[0]?.turn ?? -1;
  }

  /** False while a turn is heard that must be heard to its end. */
  get interruptible(): boolean {
    return this.#turns[0]?.interruptible ?? true;
  }
  /** The sentence that is being heard and the one before it, which may still come back as an echo. */
  get speaking(): string {
    const [head] = this.#turns;
    if (!head) return '';
    const near = head.sentences.slice(Math.max(0, head.heard - 1), head.heard + 1);
    return near.map(({ text }) => text).join(' ');
  }

  begin(turn: number, interruptible: boolean): void {
    this.#turns.push({ turn, sentences: [], heard: 0, told: '', interruptible, finished: false, started: false });
  }

  written(sentence: Written): void {
    this.#find(sentence.turn)?.sentences.push(sentence);
  }

  finished(turn: number): void {
    const found = this.#find(turn);
    if (found) found.finished = true;
  }

  /** The turn will not be heard. */
  silent(turn: number): void {
    this.#turns = this.#turns.filter((other) => other.turn !== turn);
  }

  pause(): void {
    this.ring.pause();
  }
  resume(): void {
    this.ring.resume();
  }

  /** Skips everything not yet sent, of all turns. */
  discard(): CutOff[] {
    const played = this.ring.discard();
    const cut = this.#turns.map((turn) => this.#cutOff(turn, played));
    this.#turns = [];
    return cut;
  }

  #cutOff({ turn, sentences, started }: PlayedTurn, played: number): CutOff {
    const firstNs = this.ring.markedNs(markOf(turn));
    if (!started && firstNs !== undefined) this.emit({ type: 'bot-started-speaking', turn, firstPacketNs: firstNs });
    const audible = started || firstNs !== undefined;
    return { turn, heard: audible ? heardText(sentences, played) : '', audible };
  }

  /** Looks how far the playout is; returns the turn that was played to its end, if one was, and its words. */
  poll(): { turn: number; heard: string } | undefined {
    const head = this.#turns[0];
    if (!head) return undefined;
    this.#noteStart(head);
    this.#noteHeard(head);
    this.#noteWords(head);
    if (!head.finished || head.heard < head.sentences.length) return undefined;
    this.#turns.shift();
    if (head.started) this.emit({ type: 'bot-stopped-speaking', turn: head.turn, speechMs: this.#lengthMs(head) });
    return { turn: head.turn, heard: head.sentences.map(({ text }) => text).join(' ') };
  }

  #noteStart(head: PlayedTurn): void {
    if (head.started) return;
    const markedNs = this.ring.markedNs(markOf(head.turn));
    if (markedNs === undefined && !this.#isPast(head)) return;
    head.started = true;
    this.emit({ type: 'bot-started-speaking', turn: head.turn, firstPacketNs: markedNs ?? monotonicNs() });
  }

  /** Its first sentence was played: whatever became of its mark, no turn waits for it for ever. */
  #isPast({ sentences: [first] }: PlayedTurn): boolean {
    return first !== undefined && distance(first.to, this.ring.played) >= 0;
  }

  #noteHeard(head: PlayedTurn): void {
    const played = this.ring.played;
    for (let next = head.sentences[head.heard]; next; next = head.sentences[head.heard]) {
      if (!head.started || distance(next.to, played) < 0) return;
      head.heard++;
      head.told = '';
      this.emit({ type: 'sentence-heard', turn: head.turn, index: next.index, text: next.text });
    }
  }

  /** At most once a word, since only whole words count as heard. */
  #noteWords(head: PlayedTurn): void {
    const open = head.sentences[head.heard];
    if (!open || !head.started) return;
    const heard = heardText([open], this.ring.played);
    if (heard === '' || heard === head.told) return;
    head.told = heard;
    this.emit({ type: 'playout-progress', turn: head.turn, index: open.index, heard });
  }

  #lengthMs({ sentences }: PlayedTurn): number {
    const samples = sentences.reduce((sum, { from, to }) => sum + distance(from, to), 0);
    return (samples * 1000) / this.lineRateHz;
  }

  #find(turn: number): PlayedTurn | undefined {
    return this.#turns.find((other) => other.turn === turn);
  }
}
