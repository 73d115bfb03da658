/**
 * What the hub knows of one call: enough to pair the events that it tells on, and to catch up whoever joins late.
 * Pure: the time comes with the events.
 */
import { elapsedMs } from '../clock.js';
import type { CallEvent, CallEventOf } from '../pipeline/events.js';
import type { Counters } from './feed.js';
import { type OutputStep, SpeechText } from './speech-text.js';

export type OpenState = 'userMuted' | 'userSpeaking' | 'llmRunning' | 'ttsRunning' | 'botSpeaking';
const openStates: readonly OpenState[] = ['userMuted', 'userSpeaking', 'llmRunning', 'ttsRunning', 'botSpeaking'];

/** One event, and what the story makes of it: all that a table needs to word it. */
export interface Scene {
  callId: string;
  /** When it happened, in milliseconds since the epoch. */
  epochMs: number;
  /** Age of the call, in seconds. */
  callDurationS: number;
  counters: Counters;
  /** It pairs with nothing, repeats what was told, or belongs to speech that was cut off: not to be told. */
  outOfPlace: boolean;
  /** The bot was speaking when it happened. */
  botWasSpeaking: boolean;
  output: OutputStep[];
  /** What the end of the call leaves open: speech and work that will not end by itself. */
  leftOpen: OpenState[];
  /** Since the service that it is about began its work, in seconds; undefined where that is not known. */
  sinceStartS: number | undefined;
}

export interface Line {
  role: 'user' | 'bot';
  text: string;
  epochMs: number;
}

/** Lines of the conversation kept for those who join late. */
const lineLimit = 200;

export class Story {
  readonly text = new SpeechText();
  readonly lines: Line[] = [];
  userMuted = false;
  userSpeaking = false;
  botSpeaking = false;
  llmRunning = false;
  ttsRunning = false;
  #startedNs: bigint | undefined;
  #utteranceOpen = false;
  #llmStartedNs: bigint | undefined;
  #ttsStartedNs: bigint | undefined;

  take(event: CallEvent, epochMs: number, counters: Counters): Scene {
    this.#startedNs ??= event.atNs;
    const botWasSpeaking = this.botSpeaking;
    const sinceStartS = this.#sinceStart(event);
    const outOfPlace = !this.#fits(event);
    const output = this.#output(event);
    this.#remember(event, output, epochMs);
    const callDurationS = Math.max(0, elapsedMs(this.#startedNs, event.atNs) / 1000);
    const leftOpen = event.type === 'call-ended' ? openStates.filter((state) => this.#turnOff(state)) : [];
    return {
      callId: event.callId,
      epochMs,
      callDurationS,
      counters,
      outOfPlace,
      botWasSpeaking,
      output,
      leftOpen,
      sinceStartS,
    };
  }

  /** Keeps a line of the conversation. */
  addLine(line: Line): void {
    this.lines.push(line);
    if (this.lines.length > lineLimit) this.lines.shift();
  }

  /** Moves the state on; false when the event does not fit it. */
  #fits(event: CallEvent): boolean {
    switch (event.type) {
      case 'user-started-speaking':
        this.#utteranceOpen = true;
        return this.#turnOn('userSpeaking');
      case 'user-stopped-speaking':
        return this.#turnOff('userSpeaking');
      case 'user-mute-started':
        return this.#turnOn('userMuted');
      case 'user-mute-stopped':
        return this.#turnOff('userMuted');
      case 'transcript-partial':
        return this.#utteranceOpen && event.text !== '';
      case 'transcript-final':
      case 'transcript-dropped':
        this.#utteranceOpen = false;
        return true;
      case 'bot-started-speaking':
        return this.#turnOn('botSpeaking');
      case 'bot-stopped-speaking':
      case 'bot-interrupted':
        return this.#turnOff('botSpeaking');
      default:
        return this.#fitsWork(event);
    }
  }

  #fitsWork(event: CallEvent): boolean {
    switch (event.type) {
      case 'llm-started':
        if (!event.audio) this.text.unspoken(event.turn);
        this.#llmStartedNs = event.atNs;
        return this.#turnOn('llmRunning');
      case 'llm-stopped':
        return this.#turnOff('llmRunning');
      case 'tts-started':
        this.#ttsStartedNs = event.atNs;
        return this.#turnOn('ttsRunning');
      case 'tts-stopped':
        return this.#turnOff('ttsRunning');
      case 'llm-text':
      case 'sentence':
        return this.text.current(event.turn);
      default:
        return true;
    }
  }

  #turnOn(state: OpenState): boolean {
    const was = this[state];
    this[state] = true;
    return !was;
  }

  #turnOff(state: OpenState): boolean {
    const was = this[state];
    this[state] = false;
    return was;
  }

  #sinceStart(event: CallEvent): number | undefined {
    const startNs = startOf(event, this.#llmStartedNs, this.#ttsStartedNs);
    return startNs === undefined ? undefined : Math.max(0, elapsedMs(startNs, event.atNs) / 1000);
  }

  #output(event: CallEvent): OutputStep[] {
    switch (event.type) {
      case 'sentence':
        return this.text.sentence(event.turn, event.index, event.text);
      case 'bot-started-speaking':
        return this.text.started(event.turn);
      case 'playout-progress':
        return this.text.progress(event.turn, event.index, event.heard);
      case 'sentence-heard':
        return this.text.heard(event.turn, event.index, event.text);
      case 'bot-interrupted':
        return this.text.cut(event.turn, event.heard);
      case 'bot-stopped-speaking':
        this.text.stopped(event.turn);
        return [];
      default:
        return [];
    }
  }

  #remember(event: CallEvent, output: readonly OutputStep[], epochMs: number): void {
    if (event.type === 'transcript-final') this.addLine({ role: 'user', text: event.text, epochMs });
    if (event.type === 'digits-collected') this.addLine({ role: 'user', text: event.digits, epochMs });
    for (const step of output) {
      if (step.step === 'completed' || step.step === 'written')
        this.addLine({ role: 'bot', text: step.segment.text, epochMs });
      if (step.step === 'cut') this.addLine({ role: 'bot', text: step.accumulated, epochMs });
    }
  }
}

/** When the work that the event reports on began. */
function startOf(event: CallEvent, llmNs: bigint | undefined, ttsNs: bigint | undefined): bigint | undefined {
  if (event.type === 'llm-first-token') return llmNs;
  if (isFirstAudio(event)) return ttsNs;
  return event.type === 'user-turn-ended' ? event.times.speechEndArrivalNs : undefined;
}

const isFirstAudio = (event: CallEvent): event is CallEventOf<'sentence-written'> =>
  event.type === 'sentence-written' && event.index === 0;
