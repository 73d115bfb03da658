/** One call in the voice worker: sentences in order → voice → spoken ring, until a newer epoch says that it is over. */
import { setTimeout as delay } from 'node:timers/promises';
import { elapsedMs, monotonicNs } from '../../clock.js';
import type { Speech, TtsEngine } from '../../engines/engine.js';
import { fault, OavcError, reasonOf } from '../../errors.js';
import { distance, SpokenRing } from '../../media/sample-ring.js';
import { SpokenWriter } from '../../media/spoken-writer.js';
import { stepMs, voicedStart } from '../../media/voiced.js';
import type { EventBody } from '../events.js';
import type { CallSettings } from '../services.js';
import { fadeEdges, type VoiceLevel } from '../voice-level.js';
import { within } from './deadline.js';
import { gather } from './gather.js';
import type { PhraseCache } from './phrase-cache.js';
import { markOf } from './playout.js';
import type { Attachment, LanguageToVoice, VoiceToSpeech } from './protocol.js';

export interface VoiceCallHost {
  ttsTimeoutMs: number;
  engineFor(language: string): TtsEngine;
  voiceFor(language: string): string;
  /** Of a voice, for all calls that it speaks in. */
  levelFor(voice: string): VoiceLevel;
  phrases: PhraseCache;
  apologyFor(language: string): { text: string; speech: Speech } | undefined;
  emit(callId: string, body: EventBody): void;
  toSpeech(message: VoiceToSpeech): void;
}

type Sentence = Extract<LanguageToVoice, { type: 'sentence' }>;

/** The ring is looked at again after this long; it holds many seconds. */
const roomPollMs = 50;
/** What may wait to be heard while the next sentence is made. */
const aheadMs = 3000;
/** Silence that stays before the first sound of a sentence. */
const leadMs = 5;
/** Sentences that may wait for one call. */
const queueLimit = 64;

export class VoiceCall {
  readonly callId: string;
  readonly #writer: SpokenWriter;
  #settings: CallSettings;
  #queue: LanguageToVoice[] = [];
  #working = false;
  #abort = new AbortController();
  /** The turn whose sentence is being spoken, and the one that was marked last, with its epoch. */
  #currentTurn = -1;
  #begun: { turn: number; epoch: number } | undefined;
  #failedTurn = -1;
  /** Where the sentence that was written last begins in the ring. */
  #lastFrom = 0;
  #closed = false;

  constructor(
    readonly host: VoiceCallHost,
    call: Attachment,
  ) {
    this.callId = call.callId;
    this.#settings = call.settings;
    this.#writer = new SpokenWriter(new SpokenRing(call.spoken), call.lineRateHz);
  }

  update(patch: Partial<CallSettings>): void {
    this.#settings = { ...this.#settings, ...patch };
  }

  take(message: LanguageToVoice): void {
    if (this.#queue.length >= queueLimit && message.type === 'sentence') return;
    this.#queue.push(message);
    if (!this.#working) void this.#work();
  }

  cancel(turn: number): void {
    this.#queue = this.#queue.filter((message) => message.turn > turn);
    // It may be late: the ports from speech and language have no order between them.
    if (this.#currentTurn > turn) return;
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let message = this.#queue.shift(); message; message = this.#queue.shift()) {
      this.#currentTurn = message.turn;
      if (message.epoch === this.#writer.ring.epoch)
        await this.#handle(message).catch((thrown) => this.#report(thrown));
    }
    this.#working = false;
  }

  async #handle(message: LanguageToVoice): Promise<void> {
    if (message.type === 'end') return this.#finish(message.turn);
    if (message.type === 'apologise') return this.#apologise(message);
    if (message.turn === this.#failedTurn) return;
    try {
      await this.#speak(message);
    } catch (thrown) {
      await this.#failed(message, thrown);
    }
  }

  async #speak(sentence: Sentence): Promise<void> {
    await this.#untilWanted(sentence.epoch);
    const startedNs = monotonicNs();
    const key = { ...this.#manner(), text: sentence.spoken };
    const kept = sentence.fixed ? this.host.phrases.find(key) : undefined;
    const samples = kept ?? (await this.#synthesised(sentence.spoken));
    if (sentence.epoch !== this.#writer.ring.epoch || !samples) return;
    if (sentence.fixed && !kept) this.host.phrases.keep(key, samples);
    await this.#write(sentence, samples, elapsedMs(startedNs, monotonicNs()));
  }

  /**
   * One sentence ahead of what is heard, and no less than a few seconds: what is made long before it is heard is made
   * in vain when the caller breaks in.
   */
  async #untilWanted(epoch: number): Promise<void> {
    const { ring, lineRateHz } = this.#writer;
    const aheadSamples = (lineRateHz * aheadMs) / 1000;
    const early = () => distance(ring.played, this.#lastFrom) > 0 && distance(ring.played, ring.written) > aheadSamples;
    while (epoch === ring.epoch && !this.#closed && early()) await delay(roomPollMs);
  }

  #manner(): { voice: string; speed: number; rateHz: number } {
    const { language, speed, voice } = this.#settings;
    return { voice: voice || this.host.voiceFor(language), speed, rateHz: this.#writer.lineRateHz };
  }

  /** The sentence at the voice's level and the line's rate, without the silence before it. */
  async #synthesised(text: string): Promise<Int16Array | undefined> {
    const { ttsTimeoutMs } = this.host;
    const { voice, speed } = this.#manner();
    const given = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, given.signal]);
    const spoken = gather(this.host.engineFor(this.#settings.language).synthesize(text, { voice, speed, signal }));
    const late = () => fault('ENGINE_TIMEOUT', 'voice', ttsTimeoutMs);
    const speech = await within(spoken, ttsTimeoutMs, late).finally(() => given.abort());
    return speech && this.#onLine(speech, voice);
  }

  #onLine({ samples, rateHz }: Speech, voice: string): Int16Array {
    const { lineRateHz } = this.#writer;
    const even = this.host.levelFor(voice).even(samples, rateHz);
    return fadeEdges(this.#trimmed(this.#writer.convert(even, rateHz)), lineRateHz);
  }

  async #write(
    sentence: Omit<Sentence, 'type' | 'spoken' | 'fixed'>,
    samples: Int16Array,
    synthesisMs: number,
  ): Promise<void> {
    const { ring, lineRateHz } = this.#writer;
    const { turn, index, text, epoch } = sentence;
    await this.#begin(turn, epoch, samples);
    const from = ring.written;
    const to = (from + samples.length) >>> 0;
    this.#lastFrom = from;
    this.#emit({
      type: 'sentence-written',
      turn,
      index,
      text,
      synthesisMs,
      audioMs: (samples.length * 1000) / lineRateHz,
    });
    this.host.toSpeech({ type: 'written', callId: this.callId, turn, index, text, from, to });
    await this.#writer.write(samples, epoch, () => delay(roomPollMs));
  }

  /** Marks the first voiced sample of a turn, once the mark of the turn before has been taken. */
  async #begin(turn: number, epoch: number, samples: Int16Array): Promise<void> {
    if (turn === this.#begun?.turn) return;
    const { ring, lineRateHz } = this.#writer;
    const unsent = () => this.#begun?.epoch === epoch && ring.markedNs(markOf(this.#begun.turn)) === undefined;
    while (ring.epoch === epoch && unsent()) await delay(roomPollMs);
    this.#begun = { turn, epoch };
    const found = voicedStart(samples, lineRateHz);
    // The middle of the first voiced step: the packet that has it has the sound.
    const voicedFrom = (found === samples.length ? 0 : found) + (lineRateHz * stepMs) / 2000;
    ring.mark((ring.written + voicedFrom) >>> 0, markOf(turn));
    this.#emit({ type: 'tts-started', turn });
  }

  /** The sentence with little silence before its first sound. */
  #trimmed(samples: Int16Array): Int16Array {
    const { lineRateHz } = this.#writer;
    const found = voicedStart(samples, lineRateHz);
    const start = found === samples.length ? 0 : found;
    return samples.subarray(Math.max(0, start - (lineRateHz * leadMs) / 1000));
  }

  #finish(turn: number): void {
    this.#emit({ type: 'tts-stopped', turn });
    this.host.toSpeech({ type: 'finished', callId: this.callId, turn });
  }

  /** What was prepared at start needs no engine. */
  async #apologise(message: Extract<LanguageToVoice, { type: 'apologise' }>): Promise<void> {
    const apology = this.host.apologyFor(this.#settings.language);
    if (!apology) return;
    const { language } = this.#settings;
    await this.#write(
      { ...message, text: apology.text },
      this.#onLine(apology.speech, this.host.voiceFor(language)),
      0,
    );
  }

  async #failed(sentence: Sentence, thrown: unknown): Promise<void> {
    if (sentence.epoch !== this.#writer.ring.epoch) return;
    this.#report(thrown);
    this.#failedTurn = sentence.turn;
    await this.#apologise({ ...sentence, type: 'apologise' });
  }

  #report(thrown: unknown): void {
    const code = thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED';
    this.#emit({ type: 'error', code, message: reasonOf(thrown), fatal: false });
  }

  #emit(body: EventBody): void {
    this.host.emit(this.callId, body);
  }

  /** The new epoch ends whatever still waits for room in the ring. */
  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#abort.abort();
    this.#writer.ring.discard();
  }
}
