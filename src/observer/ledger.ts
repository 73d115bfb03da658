/**
 * The latency ledger of one call: gathers the marks of each turn from the events and closes a row when the turn is
 * over. Events come from three threads, so marks of one turn may arrive in any order; what comes for a turn whose row
 * is closed is ignored.
 */
import type { CallEvent, CallEventOf } from '../pipeline/events.js';
import { felt, type Marks, type PartsMs } from './parts.js';

/** `empty`: nothing was heard of an answer, and nobody cut it off. `apology`: an apology was heard in its place. */
export type TurnKind = 'answered' | 'interrupted' | 'empty' | 'apology';

export interface TurnRow {
  callId: string;
  turn: number;
  kind: TurnKind;
  /** The caller's words, as understood. */
  asked: string;
  /** What the bot had to say. */
  said: string;
  /** What the caller heard of it. */
  heard: string;
  interrupted: boolean;
  /** From the arrival of the last packet of the caller's speech to the first packet of the answer. */
  partsMs: PartsMs;
  sumMs: number;
}

interface OpenTurn {
  turn: number;
  asked: string | undefined;
  marks: Partial<Marks>;
  said: Map<number, string>;
  heard: Map<number, string>;
  /** The answer began with an apology. */
  apology: boolean;
}

/** Turns that may be open at once; the oldest gives way. */
const openLimit = 8;
/** Sentences kept of a turn. */
const sentenceLimit = 200;

export class Ledger {
  readonly #callId: string;
  readonly #open = new Map<number, OpenTurn>();
  #closedThrough = -1;

  constructor(callId: string) {
    this.#callId = callId;
  }

  /** Takes an event of this call; returns the rows that it closed. */
  take(event: CallEvent): TurnRow[] {
    switch (event.type) {
      case 'user-turn-ended':
        return this.#begin(event);
      case 'llm-first-token':
        return this.#mark(event.turn, 'llm_first_token', event.atNs);
      case 'sentence':
        return this.#sentence(event, 'said', 'first_sentence');
      case 'sentence-written':
        return event.index === 0 ? this.#mark(event.turn, 'tts_first_audio', event.atNs) : [];
      case 'sentence-heard':
        return this.#sentence(event, 'heard', undefined);
      case 'bot-started-speaking':
        return this.#mark(event.turn, 'ring_wait', event.firstPacketNs);
      case 'bot-stopped-speaking':
        return this.#close(event.turn, undefined);
      case 'bot-interrupted':
        return this.#close(event.turn, event.heard);
      case 'call-ended':
        return [...this.#open.keys()].sort((a, b) => a - b).flatMap((turn) => this.#close(turn, undefined));
      default:
        return [];
    }
  }

  /** Turns whose row is not closed yet. */
  get open(): number {
    return this.#open.size;
  }

  #begin(event: CallEventOf<'user-turn-ended'>): TurnRow[] {
    const abandoned = [...this.#open.keys()].filter((turn) => turn < event.turn).sort((a, b) => a - b);
    const rows = abandoned.flatMap((turn) => this.#close(turn, undefined));
    const turn = this.#turn(event.turn);
    if (!turn) return rows;
    turn.asked = event.text;
    turn.marks.start = event.times.speechEndArrivalNs;
    turn.marks.jitter_wait = event.times.speechEndPlayoutNs;
    turn.marks.silence_wait = event.times.silenceElapsedNs;
    turn.marks.turn_decision = event.times.decidedNs;
    turn.marks.stt_final = event.times.sttFinalNs;
    return rows;
  }

  #mark(number: number, name: 'llm_first_token' | 'tts_first_audio' | 'ring_wait', atNs: bigint): TurnRow[] {
    const turn = this.#turn(number);
    if (turn) turn.marks[name] ??= atNs;
    return [];
  }

  #sentence(
    event: CallEventOf<'sentence' | 'sentence-heard'>,
    list: 'said' | 'heard',
    mark: 'first_sentence' | undefined,
  ): TurnRow[] {
    const turn = this.#turn(event.turn);
    if (!turn) return [];
    if (turn[list].size < sentenceLimit) turn[list].set(event.index, event.text);
    if (event.type === 'sentence' && event.index === 0 && event.apology) turn.apology = true;
    if (mark && event.index === 0) turn.marks[mark] ??= event.atNs;
    return [];
  }

  #turn(number: number): OpenTurn | undefined {
    if (number <= this.#closedThrough) return undefined;
    const known = this.#open.get(number);
    if (known) return known;
    if (this.#open.size >= openLimit) this.#close(Math.min(...this.#open.keys()), undefined);
    const turn = { turn: number, asked: undefined, marks: {}, said: new Map(), heard: new Map(), apology: false };
    this.#open.set(number, turn);
    return turn;
  }

  /** `cutAt` is what was heard of a turn that was cut off; undefined when it ran to its end. */
  #close(number: number, cutAt: string | undefined): TurnRow[] {
    const turn = this.#open.get(number);
    this.#open.delete(number);
    this.#closedThrough = Math.max(this.#closedThrough, number);
    const { start } = turn?.marks ?? {};
    // A greeting, or a text that a client had spoken, answers nobody: it has no felt time and no row.
    if (!turn || turn.asked === undefined || start === undefined) return [];
    return [rowOf(this.#callId, turn, turn.asked, { ...turn.marks, start }, cutAt)];
  }
}

function rowOf(callId: string, turn: OpenTurn, asked: string, marks: Marks, cutAt: string | undefined): TurnRow {
  const interrupted = cutAt !== undefined;
  const answered = turn.apology ? 'apology' : 'answered';
  const kind = interrupted ? 'interrupted' : marks.ring_wait === undefined ? 'empty' : answered;
  const heard = cutAt ?? inOrder(turn.heard);
  return { callId, turn: turn.turn, kind, asked, said: inOrder(turn.said), heard, interrupted, ...felt(marks) };
}

const inOrder = (sentences: Map<number, string>): string =>
  [...sentences.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, text]) => text.trim())
    .join(' ');
