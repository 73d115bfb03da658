/**
 * What the hub is fed with: the call events, and what the observer made of them. The observer fits this shape; rtvi
 * does not know it.
 */
import type { CallEvent } from '../pipeline/events.js';
import type { Json } from './outgoing.js';

/** Of one conversation, the event at hand counted in. Durations in seconds. */
export interface Counters {
  total_user_utterances: number;
  total_bot_responses: number;
  interruption_count: number;
  conversation_turns: number;
  avg_response_time: number;
  /** Of the answer that began last; undefined for one that answers nobody. */
  response_time: number | undefined;
}

/** A closed row of the latency ledger. */
export interface LatencyRow {
  callId: string;
  turn: number;
  kind: string;
  asked: string;
  said: string;
  heard: string;
  interrupted: boolean;
  partsMs: Record<string, number>;
  sumMs: number;
}

/** By the names that clients see. */
export interface LatencyPercentiles {
  p50_parts_ms: Record<string, number>;
  p90_parts_ms: Record<string, number>;
  p50_sum_ms: number;
  p90_sum_ms: number;
}

/** The summary of a call that ended; more members than these are passed on as they are. */
export interface EndedCall {
  call_id: string;
}

export interface FeedListener {
  onEvent(event: CallEvent, counters: Counters): void;
  /** `percentiles` of the parts over the answered turns of the call so far. */
  onTurn(row: LatencyRow, percentiles: LatencyPercentiles | undefined): void;
  /** Comes after the `call-ended` of the call. */
  onSummary(summary: EndedCall): void;
}

export interface Feed {
  /** Returns what ends the subscription. */
  subscribe(listener: FeedListener): () => void;
}

/** The summary as clients get it. */
export const summaryJson = (summary: EndedCall): Json => ({ ...summary }) as Json;
