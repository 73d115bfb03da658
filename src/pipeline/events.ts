/**
 * Everything that can happen in a conversation, as one union. RTVI and the observer know only this file.
 * Workers emit these; the main thread gets copies. Times are CLOCK_MONOTONIC nanoseconds (`clock.ts`).
 * A `turn` is one stretch of the bot's speech and what led to it: 0 is the greeting, then it counts up in the call.
 */
import type { ErrorCode } from '../errors.js';
import type { CallSettings } from './services.js';
import type { EndOfTurnReason } from './turn/end-of-turn.js';

/** Counters and estimates of a call's media, as the addon gives them once a second. */
export interface MediaQuality {
  packetsReceived: number;
  packetsSent: number;
  packetsLost: number;
  framesConcealed: number;
  framesPlayed: number;
  /** 0..1 of the packets expected so far. */
  lossRatio: number;
  jitterMs: number;
  playoutDelayMs: number;
  /** Round trip of RTCP; -1 while unknown. */
  roundTripMs: number;
  /** Estimated listening quality 1..4.5 (ITU-T G.107 E-model, simplified). */
  mos: number;
  /** What the peer reports of our stream, 0..1 of all packets; -1 while unknown, as the next two. */
  remoteLossRatio: number;
  remoteJitterMs: number;
  /** The quality that the peer has, estimated as `mos`. */
  remoteMos: number;
  heardDropped: number;
  spokenUnderruns: number;
  /** Missing in the recording. */
  recordingLostMs: number;
  /** Of a supervisor who sent faster than it can be played. */
  supervisorDroppedMs: number;
}

/** When the steps of a user's turn were reached; the ledger's parts are the differences. */
export interface TurnTimes {
  /** Arrival of the RTP packet that carried the last of the caller's speech. */
  speechEndArrivalNs: bigint;
  /** When the jitter buffer played that speech out to the pipeline. */
  speechEndPlayoutNs: bigint;
  /** When the silence that the setting asks for had been played out. */
  silenceElapsedNs: bigint;
  /** When the turn machine decided that the turn is over. */
  decidedNs: bigint;
  /** When the final transcript was there. */
  sttFinalNs: bigint;
}

export type EndReason =
  | 'caller-hangup'
  | 'bot-hangup'
  | 'caller-silent'
  | 'client-hangup'
  | 'transferred'
  | 'cancelled'
  | 'refused'
  | 'media-timeout'
  | 'too-long'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'shutdown';

/** `digit`: the caller pressed a key. */
export type InterruptionCause = 'caller' | 'client' | 'digit';

interface Happened {
  callId: string;
  atNs: bigint;
}

export type CallEvent = Happened &
  (
    | {
        type: 'call-started';
        from: string;
        to: string;
        direction: 'inbound' | 'outbound';
        codec: string;
        features: string[];
      }
    /** `detail`: the SIP or MI reason, or who asked for it. */
    | { type: 'call-ended'; reason: EndReason; detail: string }
    /** The one event of a call that was never answered, by us or by them; `status` is that of SIP, 0 for none. */
    | {
        type: 'call-unanswered';
        from: string;
        to: string;
        direction: 'inbound' | 'outbound';
        reason: EndReason;
        status: number;
        detail: string;
      }
    /** A transfer was asked for, and what became of it; `status` is that of SIP, 0 for none. */
    | { type: 'transfer-started'; destination: string; origin: string }
    | { type: 'transfer-ended'; destination: string; success: boolean; status: number; reason: string }
    | { type: 'user-started-speaking' }
    | { type: 'user-stopped-speaking'; speechMs: number }
    /** The words of the utterance so far; each replaces the one before. */
    | { type: 'transcript-partial'; text: string }
    | { type: 'transcript-final'; text: string; confidence: number | undefined; language: string; turn: number }
    /** A final below the confidence threshold (or empty): nothing answers it. */
    | { type: 'transcript-dropped'; text: string; confidence: number | undefined; why: 'confidence' | 'empty' }
    | { type: 'user-turn-ended'; turn: number; text: string; times: TurnTimes }
    /**
     * In a pause of the caller: the silence that his turn will end with, as the strategy sees it now, and why. Told
     * when the pause begins and when it changes. `completion` is the model's probability, where one was asked.
     */
    | {
        type: 'turn-judged';
        strategy: 'silence' | 'adaptive' | 'smart';
        silenceMs: number;
        reason: EndOfTurnReason;
        completion: number | undefined;
      }
    /** A silent caller was asked for the n-th time; `ends` after the goodbye was heard. */
    | { type: 'caller-silent'; asked: number; ends: boolean }
    /** Speech over the bot paused the playout; `barge-in-rejected` resumes it, `bot-interrupted` discards the rest. */
    | { type: 'barge-in-suspected'; turn: number }
    | { type: 'barge-in-rejected'; turn: number; text: string }
    /** An answer that was begun at a pause, `aheadMs` before the turn was over; not `useful`: the caller went on. */
    | { type: 'speculation'; useful: boolean; aheadMs: number }
    /** `audio` is false for an answer that is only written, never spoken. */
    | { type: 'llm-started'; turn: number; audio: boolean }
    | { type: 'llm-first-token'; turn: number }
    | { type: 'llm-text'; turn: number; text: string }
    /** The model calls a tool. `client`: an RTVI client is to answer it, by `CallControl.answerFunctionCall`. */
    | {
        type: 'function-call-started';
        turn: number;
        toolCallId: string;
        name: string;
        arguments: Readonly<Record<string, unknown>>;
        client: boolean;
      }
    /** `result` is what the model is told (a failure too); undefined where the call was `cancelled`, or ended the turn. */
    | {
        type: 'function-call-ended';
        turn: number;
        toolCallId: string;
        name: string;
        result: unknown;
        cancelled: boolean;
      }
    /** `cachedTokens`: of the prompt, those that were read before; undefined where the engine cannot tell. */
    | {
        type: 'llm-stopped';
        turn: number;
        promptTokens: number;
        cachedTokens: number | undefined;
        completionTokens: number;
        durationMs: number;
      }
    /** A sentence left the language worker for the voice; `apology` where it stands for an answer that failed. */
    | { type: 'sentence'; turn: number; index: number; text: string; apology?: true }
    | { type: 'tts-started'; turn: number }
    /** A sentence lies in the spoken ring; `synthesisMs` is what the voice took for it. */
    | { type: 'sentence-written'; turn: number; index: number; text: string; synthesisMs: number; audioMs: number }
    | { type: 'tts-stopped'; turn: number }
    /** `firstPacketNs`: when the RTP packet with the first sample of the answer was sent. */
    | { type: 'bot-started-speaking'; turn: number; firstPacketNs: bigint }
    /** The words of a sentence that the caller has heard so far, by the ring's positions: told when they change. */
    | { type: 'playout-progress'; turn: number; index: number; heard: string }
    /** A sentence has been played to its end. */
    | { type: 'sentence-heard'; turn: number; index: number; text: string }
    | { type: 'bot-stopped-speaking'; turn: number; speechMs: number }
    | { type: 'bot-interrupted'; turn: number; cause: InterruptionCause; heard: string }
    /** From here until `user-mute-stopped` the caller's speech is not listened to: the bot speaks, and barge-in is off. */
    | { type: 'user-mute-started' }
    | { type: 'user-mute-stopped' }
    /** Loudness 0..1 of one side (`loudness.ts`); only while somebody watches, at most each 150 ms. */
    | { type: 'audio-level'; side: 'user' | 'bot'; level: number }
    | { type: 'digit'; digit: string; durationMs: number }
    /** Keys that together became a turn of the caller. */
    | { type: 'digits-collected'; digits: string }
    | { type: 'settings-changed'; origin: string; changes: SettingChange[] }
    | { type: 'media-quality'; quality: MediaQuality }
    | { type: 'error'; code: ErrorCode; message: string; fatal: boolean }
  );

export interface SettingChange {
  setting: keyof CallSettings;
  from: CallSettings[keyof CallSettings];
  to: CallSettings[keyof CallSettings];
}

export type CallEventType = CallEvent['type'];
export type CallEventOf<T extends CallEventType> = Extract<CallEvent, { type: T }>;

/** What a worker emits: the call and the time are stamped where it is sent. */
export type EventBody = CallEvent extends infer E ? (E extends CallEvent ? Omit<E, 'callId' | 'atNs'> : never) : never;
