/** One call in the voice worker: sentences in order → voice → spoken ring, until a newer epoch says that it is over. */
import { setTimeout as delay } from 'node:timers/promises';
import { elapsedMs, monotonicNs } from '../../clock.js';
import type { Speech, TtsEngine } from '../../engines/engine.js';
import { fault, OavcError, reasonOf } from '../../errors.js';
import { SpokenRing } from '../../media/sample-ring.js';
import { SpokenWriter } from '../../media/spoken-writer.js';
import { voicedStart } from '../../media/voiced.js';
import type { EventBody } from '../events.js';
import type { CallSettings } from '../services.js';
import { within } from './deadline.js';
import { gather } from './gather.js';
import { markOf } from './playout.js';
import type { Attachment, LanguageToVoice, VoiceToSpeech } from './protocol.js';

export interface VoiceCallHost {
  ttsTimeoutMs: number;
  engineFor(language: string): TtsEngine;
  voiceFor(language: string): string;
  apologyFor(language: string): { text: string; speech: Speech } | undefined;
  emit(callId: string, body: EventBody): void;
  toSpeech(message: VoiceToSpeech): void;
}

type Sentence = Extract<LanguageToVoice, { type: 'sentence' }>;

/** A full ring is looked at again after this long; it holds many seconds. */
const roomPollMs = 100;
/** Silence that may stay before the first sound of a sentence. */
const leadMs = 10;
/** Sentences that may wait for one call. */
const queueLimit = 64;

export class VoiceCall {
  readonly callId: string;
  readonly #writer: SpokenWriter;
  #settings: CallSettings;
  #queue: LanguageToVoice[] = [];
  #working = false;
  #abort = new AbortController();
  #begunTurn = -1;
  #failedTurn = -1;

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
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let message = this.#queue.shift(); message; message = this.#queue.shift()) {
      if (message.epoch === this.#writer.ring.epoch) await this.#handle(message);
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
    const startedNs = monotonicNs();
    const { signal } = this.#abort;
    const { language, speed } = this.#settings;
    const voice = this.#settings.voice || this.host.voiceFor(language);
    const chunks = this.host.engineFor(language).synthesize(sentence.spoken, { voice, speed, signal });
    const speech = await within(gather(chunks), this.host.ttsTimeoutMs, () =>
      fault('ENGINE_TIMEOUT', 'voice', this.host.ttsTimeoutMs),
    );
    if (!signal.aborted && speech) await this.#write(sentence, speech, elapsedMs(startedNs, monotonicNs()));
  }

  async #write(sentence: Omit<Sentence, 'type' | 'spoken'>, speech: Speech, synthesisMs: number): Promise<void> {
    const samples = this.#trimmed(this.#writer.convert(speech.samples, speech.rateHz));
    const { ring, lineRateHz } = this.#writer;
    const { turn, index, text, epoch } = sentence;
    await this.#begin(turn, epoch);
    const from = ring.written;
    const to = (from + samples.length) >>> 0;
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

  /** Marks the first sample of a turn, once the mark of the turn before has been taken. */
  async #begin(turn: number, epoch: number): Promise<void> {
    if (turn === this.#begunTurn) return;
    const { ring } = this.#writer;
    const before = markOf(this.#begunTurn);
    while (this.#begunTurn >= 0 && ring.epoch === epoch && ring.markedNs(before) === undefined && ring.sending) {
      await delay(roomPollMs);
    }
    this.#begunTurn = turn;
    ring.mark(ring.written, markOf(turn));
    this.#emit({ type: 'tts-started', turn });
  }

  #trimmed(samples: Int16Array): Int16Array {
    const { lineRateHz } = this.#writer;
    const lead = (lineRateHz * leadMs) / 1000;
    return samples.subarray(Math.max(0, voicedStart(samples, lineRateHz) - lead));
  }

  #finish(turn: number): void {
    this.#emit({ type: 'tts-stopped', turn });
    this.host.toSpeech({ type: 'finished', callId: this.callId, turn });
  }

  /** What was prepared at start needs no engine. */
  async #apologise(message: Extract<LanguageToVoice, { type: 'apologise' }>): Promise<void> {
    const apology = this.host.apologyFor(this.#settings.language);
    if (apology) await this.#write({ ...message, text: apology.text }, apology.speech, 0);
  }

  async #failed(sentence: Sentence, thrown: unknown): Promise<void> {
    if (sentence.epoch !== this.#writer.ring.epoch) return;
    const code = thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED';
    this.#emit({ type: 'error', code, message: reasonOf(thrown), fatal: false });
    this.#failedTurn = sentence.turn;
    await this.#apologise({ ...sentence, type: 'apologise' });
  }

  #emit(body: EventBody): void {
    this.host.emit(this.callId, body);
  }

  close(): void {
    this.#queue = [];
    this.#abort.abort();
  }
}
