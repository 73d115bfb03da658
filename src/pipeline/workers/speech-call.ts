/**
 * One call in the speech worker: audio from the heard ring → gate → turn machine → recogniser, and what the turn
 * machine decides → playout, language worker, events. Driven by `listen` once a wake-up.
 */
import type { SttEngine, TurnEngine } from '../../engines/engine.js';
import { HeardRing, SpokenRing } from '../../media/sample-ring.js';
import { windowSamples } from '../../media/voice-activity.js';
import { rms } from '../../media/voiced.js';
import type { EventBody, InterruptionCause } from '../events.js';
import type { CallSettings } from '../services.js';
import type { BotSpeech } from '../turn/barge-in.js';
import type { Judgement } from '../turn/end-of-turn.js';
import type { KeyWay } from '../turn/key-ways.js';
import type { GateVerdict } from '../turn/speech-gate.js';
import { type TurnEffects, TurnMachine } from '../turn/turn-machine.js';
import { BotTurns, type BotTurnsHost } from './bot-turns.js';
import { type CallerKey, CallerKeys, type KeyEffects } from './caller-keys.js';
import { CallerWords, type WordsEffects } from './caller-words.js';
import { HeardSpeech } from './heard-speech.js';
import { IdleCaller, type IdleEffects } from './idle-caller.js';
import { PauseModel } from './pause-model.js';
import { Playout } from './playout.js';
import type { Attachment, LanguageWords, TurnOptions, VoiceToSpeech } from './protocol.js';
import { SpeechPlan } from './speech-plan.js';
import { msOf, samplesOf, TurnClock } from './turn-clock.js';

/** What a call needs of its worker. */
export interface SpeechCallHost extends BotTurnsHost {
  turn: TurnOptions;
  engineFor(language: string): SttEngine;
  /** The model of the smart strategy. */
  turnEngine: TurnEngine | undefined;
}

/** What a model hears from before the speech began. */
const leadMs = 500;
const windowMs = msOf(windowSamples);

export class SpeechCall implements TurnEffects, WordsEffects, KeyEffects, IdleEffects {
  readonly callId: string;
  readonly #heard: HeardRing;
  readonly #playout: Playout;
  readonly #bot: BotTurns;
  readonly #speech: HeardSpeech;
  readonly #clock: TurnClock;
  readonly #machine: TurnMachine;
  readonly #words: CallerWords;
  readonly #model: PauseModel | undefined;
  readonly #keys: CallerKeys;
  readonly #idle: IdleCaller;
  readonly #plan: SpeechPlan;
  /** Where the turn that is being taken began, in heard time. */
  #turnFromMs = 0;
  #heardMs = 0;
  #onHold: boolean;

  constructor(
    readonly host: SpeechCallHost,
    call: Attachment,
    /** Of the worker's voice activity. */
    readonly slot: number,
  ) {
    const { turn } = host;
    this.callId = call.callId;
    this.#onHold = call.held;
    this.#plan = new SpeechPlan(turn, call.settings, call.expectDigits);
    this.#heard = new HeardRing(call.heard);
    this.#clock = new TurnClock(this.#heard);
    this.#playout = new Playout(new SpokenRing(call.spoken), call.lineRateHz, (body) => this.emit(body));
    this.#bot = new BotTurns(host, call.callId, this.#playout, call.nextTurn, () => this.#machine.botStarts());
    this.#speech = new HeardSpeech(this.#heard, turn);
    this.#machine = new TurnMachine(this.#plan, this);
    const { turnEngine } = host;
    this.#model = turnEngine && new PauseModel(turnEngine, (probability) => this.#machine.completion(probability));
    this.#words = new CallerWords(host, this);
    this.#keys = new CallerKeys({ timeoutMs: turn.digitTimeoutMs, endKey: turn.digitEnd }, this);
    this.#idle = new IdleCaller(turn.idleMs, this);
  }

  get settings(): CallSettings {
    return this.#plan.settings;
  }
  get nextTurn(): number {
    return this.#bot.next;
  }
  get languageWords(): LanguageWords {
    return this.#plan.words;
  }
  prompt(text: string): number {
    return this.#bot.say(text, true, true);
  }

  /** True when a window of audio was taken into `window`; the caller has it judged and gives it to `hear`. */
  take(window: Int16Array): boolean {
    return this.#heard.read(window);
  }

  /** A window and its probability of speech. */
  hear(window: Int16Array, probability: number): void {
    const verdict = this.#speech.push(window, probability);
    this.#heardMs += windowMs;
    this.#model?.hear(window);
    this.#words.hear(window, verdict !== 'silence' || this.#machine.caller !== 'idle');
    this.#bot.hear(verdict === 'silence' ? 0 : rms(window));
    this.#act(verdict);
    if (!this.#speech.speaking) this.#hearSilence();
    this.#idle.tick(windowMs, this.#isBusy());
  }

  #act(verdict: GateVerdict): void {
    if (verdict === 'maybe') this.#machine.speechMaybe();
    else if (verdict === 'silence') this.#heardNothing();
    else if (verdict === 'started') this.#speechStarted();
    else if (verdict === 'speech') this.#machine.speechContinues(this.#words.partial, this.#speech.speechMs);
    else this.#speechStopped();
  }

  #heardNothing(): void {
    if (this.#speech.nothing) this.#machine.speechWasNothing();
  }

  /** What else a wake-up brings: keys, and how far the playout is. */
  poll(): void {
    for (let key = this.#heard.nextDigit(); key; key = this.#heard.nextDigit()) this.press(key, 'rtp');
    this.#keys.poll(this.#heardMs);
    const done = this.#playout.poll();
    if (done === undefined) return;
    this.host.toLanguage({ type: 'heard', callId: this.callId, ...done });
    if (!this.#playout.busy) this.#machine.botIsDone();
    this.#idle.heard(done.turn);
  }

  #speechStarted(): void {
    if (this.#machine.caller === 'idle') this.#turnFromMs = this.#heardMs - this.#speech.speechMs - leadMs;
    this.#clock.reset();
    this.#model?.resumed();
    this.emit({ type: 'user-started-speaking' });
    this.#machine.speechStarted();
  }

  #speechStopped(): void {
    this.emit({ type: 'user-stopped-speaking', speechMs: this.#speech.lengthMs });
    this.#machine.speechStopped();
  }

  #hearSilence(): void {
    const { silenceMs } = this.#speech;
    if (silenceMs !== undefined) this.#machine.silence(silenceMs, this.#words.partial);
  }

  /** Somebody does something, or nobody can. */
  #isBusy(): boolean {
    return this.#onHold || this.#playout.busy || this.#machine.caller !== 'idle' || this.#keys.pending;
  }

  // What the turn machine decides.

  botSpeech(): BotSpeech {
    return this.#bot.speech;
  }
  pausePlayout(): void {
    this.#bot.pause(this.#heardMs);
  }
  resumePlayout(): void {
    this.#playout.resume();
  }
  bargeInRejected(text: string): void {
    const { silenceMs } = this.#speech;
    const callers = text !== '' && !this.#plan.judge.isEcho(text, this.#bot.speech);
    this.#bot.rejected(text, silenceMs === undefined ? undefined : this.#heardMs - silenceMs, callers);
    this.#speech.reset();
  }
  callerMuted(muted: boolean): void {
    this.emit({ type: muted ? 'user-mute-started' : 'user-mute-stopped' });
  }
  pauseRecogniser(): void {
    this.#words.pause();
    this.#model?.paused(samplesOf(this.#heardMs - this.#turnFromMs));
  }
  turnJudged({ silenceMs, reason }: Judgement): void {
    const { strategy } = this.host.turn;
    this.emit({ type: 'turn-judged', strategy, silenceMs, reason, completion: this.#model?.completion });
  }
  turnSupposed(text: string): void {
    this.#bot.suppose(text);
  }
  turnDecided({ silenceMs }: Judgement): void {
    if (this.#speech.end) this.#clock.decided(this.#speech.end, silenceMs);
  }
  resetUtterance(): void {
    this.#words.reset();
    this.#speech.reset();
  }

  interruptBot(cause: InterruptionCause): void {
    this.#idle.answered();
    this.#bot.cutOff(cause);
  }

  finishUtterance(): void {
    this.#words.finish();
  }

  transcribed(text: string): void {
    this.#machine.transcript(text);
    if (this.#machine.caller !== 'idle') return;
    this.#afterTurn();
    if (this.#bot.unanswered) this.#bot.answer('', true);
  }

  #afterTurn(): void {
    this.#clock.reset();
    this.#speech.reset();
  }

  recogniserFailed(): void {
    const overTheBot = this.#machine.suspected;
    this.#machine.transcript('');
    if (this.#machine.caller === 'idle') this.#afterTurn();
    if (!overTheBot) this.say('', true, false, true);
  }

  endTurn(text: string): void {
    const { next: turn } = this.#bot;
    this.#idle.answered();
    this.emit({ type: 'user-turn-ended', turn, text, times: this.#clock.times() });
    this.#afterTurn();
    this.#bot.answer(text, true);
  }

  // What others ask for.

  /** The caller pressed a key. */
  press(key: CallerKey, way: KeyWay): void {
    this.#keys.press(key, way, this.#heardMs, this.#plan.expectDigits);
  }
  keyPressed(key: CallerKey): void {
    this.emit({ type: 'digit', ...key });
    this.#idle.answered();
    if (this.host.turn.bargeInDigits && this.#playout.interruptible) this.#machine.interrupt('digit');
  }
  keysCollected(digits: string, lastNs: bigint): void {
    this.emit({ type: 'digits-collected', digits });
    this.#clock.keyed(lastNs);
    this.#machine.typed(digits);
  }

  expect(digits: number): void {
    this.#plan.expectDigits = digits;
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
    this.#plan.update(patch);
    this.#words.language = this.settings.language;
  }

  written(message: VoiceToSpeech): void {
    if (message.type === 'written') this.#playout.written(message);
    else this.#playout.finished(message.turn);
  }

  silent(turn: number): void {
    this.#playout.silent(turn);
    if (!this.#playout.busy) this.#machine.botIsDone();
  }

  emit(body: EventBody): void {
    this.host.emit(this.callId, body);
  }

  close(): void {
    this.#words.close();
  }
}
