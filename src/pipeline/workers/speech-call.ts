/**
 * One call in the speech worker: audio from the heard ring → gate → turn machine → recogniser, and what the turn
 * machine decides → playout, language worker, events. Driven by `listen` once a wake-up.
 */
import type { SttEngine } from '../../engines/engine.js';
import { distance, HeardRing, SpokenRing } from '../../media/sample-ring.js';
import { windowSamples } from '../../media/voice-activity.js';
import { rms } from '../../media/voiced.js';
import type { EventBody, InterruptionCause } from '../events.js';
import type { CallSettings } from '../services.js';
import type { BotSpeech } from '../turn/barge-in.js';
import { EchoWatch } from '../turn/echo-watch.js';
import type { Judgement } from '../turn/end-of-turn.js';
import type { ExpectedDigits } from '../turn/expected-digits.js';
import { SpeechEnd } from '../turn/speech-end.js';
import { SpeechGate } from '../turn/speech-gate.js';
import { type TurnEffects, TurnMachine } from '../turn/turn-machine.js';
import { BotTurns, type BotTurnsHost } from './bot-turns.js';
import { CallerKeys, type KeyEffects } from './caller-keys.js';
import { CallerWords } from './caller-words.js';
import { IdleCaller } from './idle-caller.js';
import { Playout } from './playout.js';
import type { Attachment, TurnOptions, VoiceToSpeech } from './protocol.js';
import { endOfTurnFor, gateOptions, judgeFor, wordsOf } from './speech-plan.js';
import { msOf, samplesOf, TurnClock } from './turn-clock.js';

/** What a call needs of its worker. */
export interface SpeechCallHost extends BotTurnsHost {
  turn: TurnOptions;
  engineFor(language: string): SttEngine;
}

/** One window of speech pauses the bot: what it was is judged then. */
const hintSamples = windowSamples;

export class SpeechCall implements TurnEffects, KeyEffects {
  readonly callId: string;
  readonly #heard: HeardRing;
  readonly #playout: Playout;
  readonly #bot: BotTurns;
  readonly #gate: SpeechGate;
  readonly #speechEnd = new SpeechEnd();
  readonly #clock: TurnClock;
  readonly #machine: TurnMachine;
  readonly #words: CallerWords;
  readonly #keys: CallerKeys;
  readonly #idle: IdleCaller;
  readonly #echo = new EchoWatch();
  #endOfTurn: ExpectedDigits;
  #settings: CallSettings;
  #speechFrom = 0;
  #pausedAt = 0;
  #heardMs = 0;
  #onHold = false;

  constructor(
    readonly host: SpeechCallHost,
    call: Attachment,
    /** Of the worker's voice activity. */
    readonly slot: number,
  ) {
    const { turn } = host;
    this.callId = call.callId;
    this.#settings = call.settings;
    this.#heard = new HeardRing(call.heard);
    this.#clock = new TurnClock(this.#heard);
    this.#playout = new Playout(new SpokenRing(call.spoken), call.lineRateHz, (body) => this.#emit(body));
    this.#bot = new BotTurns(host, call.callId, this.#playout, call.nextTurn, () => this.#machine.botStarts());
    this.#gate = new SpeechGate(gateOptions(turn));
    this.#endOfTurn = endOfTurnFor(turn, call.settings);
    this.#endOfTurn.count = call.expectDigits;
    const judge = judgeFor(turn, call.settings);
    this.#machine = new TurnMachine({ bargeIn: turn.bargeIn, judge, endOfTurn: this.#endOfTurn }, this);
    this.#words = new CallerWords({
      engineFor: host.engineFor,
      sttTimeoutMs: turn.sttTimeoutMs,
      settings: () => this.#settings,
      turn: () => this.#bot.next,
      emit: (body) => this.#emit(body),
      words: (text) => this.#transcribed(text),
      wordsFailed: () => this.#recogniserFailed(),
    });
    this.#keys = new CallerKeys({ timeoutMs: turn.digitTimeoutMs, endKey: turn.digitEnd }, this);
    this.#idle = new IdleCaller(turn.idleMs, {
      words: () => wordsOf(turn, this.#settings),
      say: (text) => this.#bot.say(text, true, true),
      emit: (body) => this.#emit(body),
    });
  }

  /** True when a window of audio was taken into `window`; the caller has it judged and gives it to `hear`. */
  take(window: Int16Array): boolean {
    return this.#heard.read(window);
  }

  /** A window and its probability of speech. */
  hear(window: Int16Array, probability: number): void {
    const position = (this.#heard.position - windowSamples) >>> 0;
    const verdict = this.#gate.push(probability, windowSamples);
    this.#heardMs += msOf(windowSamples);
    this.#words.hear(window, verdict !== 'silence' || this.#machine.caller !== 'idle');
    if (this.#playout.busy) this.#echo.hear(verdict === 'silence' ? 0 : rms(window));
    if (verdict === 'started') this.#speechStarted(position);
    const loud = probability >= this.#gate.options.stopThreshold;
    if (loud && this.#gate.speaking) this.#speechEnd.push(window, position, (at) => this.#heard.stampAt(at));
    if (verdict === 'speech')
      this.#machine.speechContinues(this.#words.partial, msOf(distance(this.#speechFrom, position)));
    if (verdict === 'stopped') this.#speechStopped();
    if (this.#gate.runSamples >= hintSamples) this.#machine.speechMaybe();
    if (verdict === 'silence') this.#machine.speechWasNothing();
    if (!this.#gate.speaking) this.#hearSilence();
    this.#idle.tick(msOf(windowSamples), this.#isBusy());
  }

  /** What else a wake-up brings: keys, and how far the playout is. */
  poll(): void {
    for (let digit = this.#heard.nextDigit(); digit; digit = this.#heard.nextDigit()) {
      this.#emit({ type: 'digit', ...digit });
      this.press(digit.digit);
    }
    this.#keys.poll(this.#heardMs);
    const done = this.#playout.poll();
    if (done === undefined) return;
    this.host.toLanguage({ type: 'heard', callId: this.callId, ...done });
    if (!this.#playout.busy) this.#machine.botIsDone();
    this.#idle.heard(done.turn);
  }

  #speechStarted(position: number): void {
    this.#speechFrom = (position - samplesOf(this.host.turn.minSpeechMs)) >>> 0;
    this.#clock.reset();
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

  #hearSilence(): void {
    const end = this.#speechEnd.end;
    if (end) this.#machine.silence(msOf(distance(end.position, this.#heard.position)), this.#words.partial);
  }

  /** Somebody does something, or nobody can. */
  #isBusy(): boolean {
    return this.#onHold || this.#playout.busy || this.#machine.caller !== 'idle' || this.#keys.pending;
  }

  // What the turn machine decides.

  botSpeech(): BotSpeech {
    const { speaking: text, interruptible } = this.#playout;
    return { text, interruptible, echo: this.#echo.verdict };
  }

  pausePlayout(): void {
    this.#playout.pause();
    this.#pausedAt = this.#heard.position;
    this.#emit({ type: 'barge-in-suspected', turn: this.#playout.turn });
  }
  resumePlayout(): void {
    this.#playout.resume();
  }
  bargeInRejected(text: string): void {
    const end = this.#speechEnd.end;
    if (end) this.#echo.rejected(msOf(distance(this.#pausedAt, end.position)));
    this.#speechEnd.reset();
    this.#emit({ type: 'barge-in-rejected', turn: this.#playout.turn, text });
  }
  callerMuted(muted: boolean): void {
    this.#emit({ type: muted ? 'user-mute-started' : 'user-mute-stopped' });
  }
  pauseRecogniser(): void {
    this.#words.pause();
  }
  turnJudged(judgement: Judgement): void {
    this.#emit({ type: 'turn-judged', strategy: this.host.turn.strategy, ...judgement, completion: undefined });
  }
  turnDecided({ silenceMs }: Judgement): void {
    if (this.#speechEnd.end) this.#clock.decided(this.#speechEnd.end, silenceMs);
  }
  resetUtterance(): void {
    this.#words.reset();
    this.#speechEnd.reset();
  }

  interruptBot(cause: InterruptionCause): void {
    if (cause === 'caller') this.#echo.confirmed();
    this.#idle.answered();
    this.#bot.cutOff(cause);
  }

  finishUtterance(): void {
    this.#words.finish();
  }

  #transcribed(text: string): void {
    this.#machine.transcript(text);
    if (this.#machine.caller !== 'idle') return;
    this.#afterTurn();
    if (this.#bot.unanswered) this.#bot.answer('', true);
  }

  #afterTurn(): void {
    this.#clock.reset();
    this.#speechEnd.reset();
  }

  #recogniserFailed(): void {
    const overTheBot = this.#machine.suspected;
    this.#machine.transcript('');
    if (this.#machine.caller === 'idle') this.#afterTurn();
    if (!overTheBot) this.say('', true, false, true);
  }

  endTurn(text: string): void {
    const { next: turn } = this.#bot;
    this.#idle.answered();
    this.#emit({ type: 'user-turn-ended', turn, text, times: this.#clock.times() });
    this.#afterTurn();
    this.#bot.answer(text, true);
  }

  // What others ask for.

  /** The caller pressed a key. */
  press(digit: string): void {
    this.#keys.press(digit, this.#heardMs, this.#endOfTurn.count);
  }
  keyPressed(): void {
    this.#idle.answered();
    if (this.host.turn.bargeInDigits && this.#playout.interruptible) this.#machine.interrupt('digit');
  }
  keysCollected(digits: string, lastNs: bigint): void {
    this.#emit({ type: 'digits-collected', digits });
    this.#clock.keyed(lastNs);
    this.#machine.typed(digits);
  }

  expect(digits: number): void {
    this.#endOfTurn.count = digits;
  }

  hold(held: boolean): void {
    this.#onHold = held;
  }

  say(text: string, interrupt: boolean, remember: boolean, interruptible: boolean): void {
    if (interrupt) this.interrupt();
    this.#bot.say(text, remember, interruptible);
  }

  run(text: string, interrupt: boolean, audio: boolean): void {
    if (interrupt) this.interrupt();
    this.#bot.answer(text, audio);
  }

  interrupt(): boolean {
    return this.#machine.interrupt('client');
  }

  update(patch: Partial<CallSettings>): void {
    this.#settings = { ...this.#settings, ...patch };
    this.#words.language = this.#settings.language;
    if (patch.language !== undefined) this.#speakLanguage();
  }

  #speakLanguage(): void {
    const { count } = this.#endOfTurn;
    this.#endOfTurn = endOfTurnFor(this.host.turn, this.#settings);
    this.#endOfTurn.count = count;
    this.#machine.speak(judgeFor(this.host.turn, this.#settings), this.#endOfTurn);
  }

  written(message: VoiceToSpeech): void {
    if (message.type === 'written') this.#playout.written(message);
    else this.#playout.finished(message.turn);
  }

  silent(turn: number): void {
    this.#playout.silent(turn);
    if (!this.#playout.busy) this.#machine.botIsDone();
  }

  #emit(body: EventBody): void {
    this.host.emit(this.callId, body);
  }

  close(): void {
    this.#words.close();
  }
}
