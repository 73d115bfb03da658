/**
 * The caller's ear: hears one frame after another and knows when the bot speaks. Whoever waits for something waits
 * in audio time, so a test needs no clock; when the call ends, nobody waits any longer.
 */
import { heardLayout } from '../media/ring-layout.js';
import { rms, stepMs } from '../media/voiced.js';
import { AnswerDetector, type DetectorOptions } from './answer-detector.js';

export interface HeardFrame {
  /** 16 kHz. */
  samples: Int16Array;
  /** When the packet arrived; 0 where the jitter buffer had to fill in. */
  arrivalNs: bigint;
  playoutNs: bigint;
}

export interface Answer {
  /** Arrival of the packet with its first voiced frame. */
  beganNs: bigint;
  /** When its first and last voiced frames were played. */
  beganPlayoutMs: number;
  endedPlayoutMs: number | undefined;
}

interface Waiter {
  timeoutMs: number;
  /** In playout time; undefined until the first frame says what time that is. */
  deadlineMs: number | undefined;
  look: () => boolean;
  settle: (cameTrue: boolean) => void;
}

const frameMs = 20;
const stepSamples = (heardLayout.rateHz * stepMs) / 1000;
/** A frame is voiced when a step of it is, as everywhere: an answer may begin in the middle of a packet. */
const loudestStep = (samples: Int16Array): number =>
  Array.from({ length: Math.floor(samples.length / stepSamples) }, (_, i) =>
    rms(samples, i * stepSamples, (i + 1) * stepSamples),
  ).reduce((loudest, each) => Math.max(loudest, each), 0);
const toMs = (ns: bigint): number => Number(ns) / 1e6;
/** Frames kept to find the arrival of an onset that is judged a few frames later. */
const recentFrames = 16;

export class Ear {
  readonly #detector: AnswerDetector;
  readonly #waiters = new Set<Waiter>();
  #recent: HeardFrame[] = [];
  #nowMs: number | undefined;
  #answer: Answer | undefined;
  #closed = false;

  constructor(options: DetectorOptions) {
    this.#detector = new AnswerDetector(options);
  }

  /** The answer that is being heard, or the last one; undefined until there was one since `listenAfresh`. */
  get answer(): Answer | undefined {
    return this.#answer;
  }

  /** Milliseconds that the bot has been speaking for; 0 when it is silent. */
  get speakingMs(): number {
    return this.#answer && this.#detector.speaking ? (this.#nowMs ?? 0) - this.#answer.beganPlayoutMs : 0;
  }

  /** Takes what went before for over: the next voiced frame begins a new answer. */
  listenAfresh(): void {
    this.#detector.reset();
    this.#answer = undefined;
  }

  hear(frame: HeardFrame): void {
    this.#recent = [...this.#recent.slice(1 - recentFrames), frame];
    const atMs = toMs(frame.playoutNs);
    const nowMs = atMs + frameMs;
    this.#nowMs = nowMs;
    const change = this.#detector.take(loudestStep(frame.samples), atMs, frameMs);
    if (change?.type === 'began') this.#answer = this.#begun(change.atMs);
    if (change?.type === 'ended' && this.#answer) this.#answer = { ...this.#answer, endedPlayoutMs: change.atMs };
    for (const waiter of this.#waiters) this.#try(waiter, nowMs);
  }

  /** After a long pause the answer goes on: it still began where it began. */
  #begun(atMs: number): Answer {
    if (this.#answer) return { ...this.#answer, endedPlayoutMs: undefined };
    const onset = this.#recent.find(({ playoutNs }) => toMs(playoutNs) >= atMs);
    const arrivalNs = onset && onset.arrivalNs !== 0n ? onset.arrivalNs : onset?.playoutNs;
    return { beganNs: arrivalNs ?? 0n, beganPlayoutMs: atMs, endedPlayoutMs: undefined };
  }

  #try(waiter: Waiter, nowMs: number): void {
    const cameTrue = waiter.look();
    waiter.deadlineMs ??= nowMs + waiter.timeoutMs;
    if (!cameTrue && nowMs < waiter.deadlineMs) return;
    this.#waiters.delete(waiter);
    waiter.settle(cameTrue);
  }

  /** True once `look` is; false after `timeoutMs` of audio, or when the call is over. */
  until(look: () => boolean, timeoutMs: number): Promise<boolean> {
    if (look()) return Promise.resolve(true);
    if (this.#closed) return Promise.resolve(false);
    return new Promise((settle) => {
      this.#waiters.add({
        timeoutMs,
        deadlineMs: this.#nowMs === undefined ? undefined : this.#nowMs + timeoutMs,
        look,
        settle,
      });
    });
  }

  /** The call is over: everybody who waits is told. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.settle(waiter.look());
    this.#waiters.clear();
  }
}
