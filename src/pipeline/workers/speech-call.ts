/**
 * One call in the speech worker: audio from the heard ring → gate → turn machine → recogniser, and what the turn
 * machine decides → playout, language worker, events. Driven by `listen` once a wake-up.
 */

import { monotonicNs } from '../../clock.js';
import type { SttEngine } from '../../engines/engine.js';
import { OavcError, reasonOf } from '../../errors.js';
import { heardLayout } from '../../media/ring-layout.js';
import { distance, HeardRing, SpokenRing } from '../../media/sample-ring.js';
import { windowSamples } from '../../media/voice-activity.js';
import type { EventBody, InterruptionCause, TurnTimes } from '../events.js';
import type { CallSettings } from '../services.js';
import { BargeInJudge } from '../turn/barge-in.js';
import { silenceEndOfTurn } from '../turn/end-of-turn.js';
import { SpeechEnd, type SpeechEndPoint } from '../turn/speech-end.js';
import { SpeechGate } from '../turn/speech-gate.js';
import { type TurnEffects, TurnMachine } from '../turn/turn-machine.js';
import { Playout } from './playout.js';
import type { Attachment, SpeechToLanguage, SpeechToVoice, TurnOptions, VoiceToSpeech } from './protocol.js';
import { Utterance } from './utterance.js';

/** What a call needs of its worker. */
export interface SpeechCallHost {
  turn: TurnOptions;
  engineFor(language: string): SttEngine;
  emit(callId: string, body: EventBody): void;
  toLanguage(message: SpeechToLanguage): void;
  toVoice(message: SpeechToVoice): void;
}

const samplesOf = (ms: number): number => (ms * heardLayout.rateHz) / 1000;
const msOf = (samples: number): number => (samples * 1000) / heardLayout.rateHz;

export class SpeechCall implements TurnEffects {
  readonly callId: string;
  readonly #heard: HeardRing;
  readonly #playout: Playout;
  readonly #gate: SpeechGate;
  readonly #speechEnd = new SpeechEnd();
  readonly #machine: TurnMachine;
  readonly #utterance: Utterance;
  #settings: CallSettings;
  #nextTurn: number;
  #speechFrom = 0;
  #times: TurnTimes | undefined;
  /** An answer was cut off before any of it was heard: if it was but noise, the question is answered after all. */
  #unanswered = false;
  #closed = false;

  constructor(
    readonly host: SpeechCallHost,
    call: Attachment,
    /** Of the worker's voice activity. */
    readonly slot: number,
  ) {
    this.callId = call.callId;
    this.#settings = call.settings;
    this.#nextTurn = call.nextTurn;
    this.#heard = new HeardRing(call.heard);
    this.#playout = new Playout(new SpokenRing(call.spoken), call.lineRateHz, (body) => this.#emit(body));
    this.#gate = new SpeechGate(gateOptions(host.turn));
    this.#machine = new TurnMachine(machineOptions(host.turn, call.settings.language), this);
    this.#utterance = new Utterance(host.engineFor, call.settings.language, (text) =>
      this.#emit({ type: 'transcript-partial', text }),
    );
  }

  /** True when a window of audio was taken into `window`; the caller has it judged and gives it to `hear`. */
  take(window: Int16Array): boolean {
    return this.#heard.read(window);
  }

  /** A window and its probability of speech. */
  hear(window: Int16Array, probability: number): void {
    const position = (this.#heard.position - windowSamples) >>> 0;
    const verdict = this.#gate.push(probability, windowSamples);
    this.#utterance.hear(window, verdict !== 'silence' || this.#machine.caller !== 'idle');
    if (verdict === 'started') this.#speechStarted(position);
    const loud = probability >= this.#gate.options.stopThreshold;
    if (loud && this.#gate.speaking) this.#speechEnd.push(window, position, (at) => this.#heard.stampAt(at));
    if (verdict === 'speech')
      this.#machine.speechContinues(this.#utterance.partial, msOf(distance(this.#speechFrom, position)));
    if (verdict === 'stopped') this.#speechStopped();
    if (!this.#gate.speaking) this.#silence();
  }

  /** What else a wake-up brings: digits, and how far the playout is. */
  poll(): void {
    for (let digit = this.#heard.nextDigit(); digit; digit = this.#heard.nextDigit()) {
      this.#emit({ type: 'digit', ...digit });
    }
    const done = this.#playout.poll();
    if (done === undefined) return;
    this.host.toLanguage({ type: 'heard', callId: this.callId, ...done });
    if (!this.#playout.busy) this.#machine.botIsDone();
  }

  #speechStarted(position: number): void {
    const lead = this.host.turn.minSpeechMs;
    this.#speechFrom = (position - samplesOf(lead)) >>> 0;
    this.#times = undefined;
    this.#emit({ type: 'user-started-speaking' });
    this.#machine.speechStarted();
  }

  #speechStopped(): void {
    // Speech too faint for a voiced step ends, at the latest, where the gate's silence began.
    this.#speechEnd.atLatest((this.#heard.position - samplesOf(this.host.turn.pauseMs)) >>> 0, (at) =>
      this.#heard.stampAt(at),
    );
    const end = this.#speechEnd.end?.position ?? this.#heard.position;
    this.#emit({ type: 'user-stopped-speaking', speechMs: Math.max(0, msOf(distance(this.#speechFrom, end))) });
    this.#machine.speechStopped();
  }

  #silence(): void {
    const end = this.#speechEnd.end;
    if (!end) return;
    const silenceMs = msOf(distance(end.position, this.#heard.position));
    const { partial } = this.#utterance;
    if (this.#times === undefined && this.#machine.endsAt(silenceMs, partial)) this.#times = this.#timesAt(end);
    this.#machine.silence(silenceMs, partial);
  }

  /** The first parts of the turn's ledger, at the moment of its decision. */
  #timesAt({ position, stamp }: SpeechEndPoint): TurnTimes {
    const required = (position + samplesOf(this.host.turn.silenceMs)) >>> 0;
    return {
      speechEndArrivalNs: stamp.arrivalNs === 0n ? stamp.playoutNs : stamp.arrivalNs,
      speechEndPlayoutNs: stamp.playoutNs,
      silenceElapsedNs: this.#heard.stampAt(required - 1).playoutNs,
      decidedNs: monotonicNs(),
      sttFinalNs: 0n,
    };
  }

  // What the turn machine decides.

  pausePlayout(): void {
    this.#playout.pause();
    this.#emit({ type: 'barge-in-suspected', turn: this.#playout.turn });
  }
  resumePlayout(): void {
    this.#playout.resume();
  }
  bargeInRejected(text: string): void {
    this.#speechEnd.reset();
    this.#emit({ type: 'barge-in-rejected', turn: this.#playout.turn, text });
  }
  callerMuted(muted: boolean): void {
    this.#emit({ type: muted ? 'user-mute-started' : 'user-mute-stopped' });
  }
  pauseRecogniser(): void {
    this.#utterance.pause();
  }
  resetUtterance(): void {
    this.#utterance.reset();
    this.#speechEnd.reset();
  }

  interruptBot(cause: InterruptionCause): void {
    for (const { turn, heard, audible } of this.#playout.discard()) {
      this.host.toLanguage({ type: 'cancel', callId: this.callId, turn, heard });
      this.host.toVoice({ type: 'cancel', callId: this.callId, turn });
      if (audible) this.#emit({ type: 'bot-interrupted', turn, cause, heard });
      else this.#unanswered = true;
    }
  }

  finishUtterance(): void {
    const { sttTimeoutMs } = this.host.turn;
    this.#utterance
      .finish(sttTimeoutMs)
      .then((words) => this.#transcribed(words.text, words.confidence))
      .catch((thrown: unknown) => this.#recogniserFailed(thrown));
  }

  #transcribed(text: string, confidence: number | undefined): void {
    const certain = confidence === undefined || confidence >= this.#settings.confidenceThreshold;
    const kept = certain ? text.trim() : '';
    const { spokenLanguage: language } = this.#utterance;
    if (kept !== '') {
      this.#emit({ type: 'transcript-final', text: kept, confidence, language, turn: this.#nextTurn });
    } else {
      this.#emit({ type: 'transcript-dropped', text, confidence, why: certain ? 'empty' : 'confidence' });
    }
    this.#machine.transcript(kept);
    if (this.#machine.caller !== 'idle') return;
    this.#afterTurn();
    if (this.#unanswered) this.run('', false, true);
  }

  #afterTurn(): void {
    this.#times = undefined;
    this.#speechEnd.reset();
  }

  #recogniserFailed(thrown: unknown): void {
    if (this.#closed) return;
    const code = thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED';
    this.#emit({ type: 'error', code, message: reasonOf(thrown), fatal: false });
    const overTheBot = this.#machine.suspected;
    this.#machine.transcript('');
    if (this.#machine.caller === 'idle') this.#afterTurn();
    if (!overTheBot) this.apologise();
  }

  endTurn(text: string): void {
    const turn = this.#begin();
    const now = monotonicNs();
    const times = this.#times ?? {
      speechEndArrivalNs: now,
      speechEndPlayoutNs: now,
      silenceElapsedNs: now,
      decidedNs: now,
      sttFinalNs: now,
    };
    this.#emit({ type: 'user-turn-ended', turn, text, times: { ...times, sttFinalNs: now } });
    this.#afterTurn();
    this.host.toLanguage({ type: 'turn', callId: this.callId, turn, epoch: this.#playout.epoch, text, audio: true });
  }

  // What others ask for.

  say(text: string, interrupt: boolean, remember: boolean): void {
    if (interrupt) this.interrupt();
    const turn = this.#begin();
    this.host.toLanguage({ type: 'say', callId: this.callId, turn, epoch: this.#playout.epoch, text, remember });
  }

  run(text: string, interrupt: boolean, audio: boolean): void {
    if (interrupt) this.interrupt();
    const turn = this.#begin();
    this.host.toLanguage({ type: 'turn', callId: this.callId, turn, epoch: this.#playout.epoch, text, audio });
  }

  apologise(): void {
    this.say('', true, false);
  }

  interrupt(): boolean {
    return this.#machine.interrupt();
  }

  update(patch: Partial<CallSettings>): void {
    this.#settings = { ...this.#settings, ...patch };
    this.#utterance.language = this.#settings.language;
    if (patch.language !== undefined) this.#machine.judge = judgeFor(this.host.turn, patch.language);
  }

  written(message: VoiceToSpeech): void {
    if (message.type === 'written') this.#playout.written(message);
    else this.#playout.finished(message.turn);
  }

  silent(turn: number): void {
    this.#playout.silent(turn);
    if (!this.#playout.busy) this.#machine.botIsDone();
  }

  #begin(): number {
    const turn = this.#nextTurn++;
    this.#unanswered = false;
    this.#playout.begin(turn);
    this.#machine.botStarts();
    return turn;
  }

  #emit(body: EventBody): void {
    this.host.emit(this.callId, body);
  }

  close(): void {
    this.#closed = true;
    this.#utterance.close();
  }
}

const gateOptions = (turn: TurnOptions) => ({
  startThreshold: turn.startThreshold,
  stopThreshold: turn.stopThreshold,
  minSpeechSamples: samplesOf(turn.minSpeechMs),
  hangoverSamples: samplesOf(turn.pauseMs),
});

const judgeFor = (turn: TurnOptions, language: string): BargeInJudge => {
  const backChannels = turn.backChannels[language] ?? [];
  return new BargeInJudge({ words: turn.bargeInWords, speechMs: turn.bargeInSpeechMs, backChannels }, language);
};

const machineOptions = (turn: TurnOptions, language: string) => ({
  bargeIn: turn.bargeIn,
  judge: judgeFor(turn, language),
  endOfTurn: silenceEndOfTurn(turn.silenceMs),
});
