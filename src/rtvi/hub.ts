/**
 * All clients and all calls: each event goes to the clients that have its call in focus, worded once for each
 * generation. Nothing here waits for a client.
 */
import type { CallControl, CallDirectory, CallInfo } from '../call/control.js';
import { monotonicNs } from '../clock.js';
import type { CallEvent } from '../pipeline/events.js';
import { CallRecord } from './call-record.js';
import { catchUp } from './catch-up.js';
import { type Connection, closeCodes } from './connection.js';
import { disclosed, type ReportLevel } from './disclosure.js';
import {
  type Counters,
  type EndedCall,
  type Feed,
  type LatencyPercentiles,
  type LatencyRow,
  summaryJson,
} from './feed.js';
import type { Generation } from './generation.js';
import { chatInput, outbound } from './outbound.js';
import { errorEvent, type Outgoing } from './outgoing.js';
import { endedMessage, latencyMessage } from './server-messages.js';
import { Session, type SessionHost } from './session.js';
import type { Scene } from './story.js';
import { allows, type Grant, sees } from './visitor.js';

export interface HubOptions {
  directory: CallDirectory;
  feed: Feed;
  /** Milliseconds since the epoch at a time of CLOCK_MONOTONIC. */
  epochMsAt(atNs: bigint): number;
  /** Milliseconds that only go forward. */
  nowMs(): number;
  /** Most bytes that a client may leave unread. */
  queueBytes: number;
  /** `[rtvi] supervisor_audio`. */
  supervisorAudio: boolean;
  /** What those who may only watch are told of function calls. */
  functionCalls: ReportLevel;
  /** How long a call that ended can still be focused on. */
  lingerMs: number;
  /** Longest wait for an action; see `RouterOptions`. */
  deadlineMs: number;
}

/** Calls kept after their end; the oldest gives way. */
const endedLimit = 100;

export class Hub implements SessionHost {
  readonly queueBytes: number;
  readonly supervisorAudio: boolean;
  readonly deadlineMs: number;
  readonly #options: HubOptions;
  readonly #sessions = new Set<Session>();
  readonly #records = new Map<string, CallRecord>();
  readonly #expiries = new Map<string, NodeJS.Timeout>();
  readonly #unsubscribe: () => void;
  #numbers = 0;

  constructor(options: HubOptions) {
    this.#options = options;
    this.queueBytes = options.queueBytes;
    this.supervisorAudio = options.supervisorAudio;
    this.deadlineMs = options.deadlineMs;
    this.#unsubscribe = options.feed.subscribe({
      onEvent: (event, counters) => this.#happened(event, counters),
      onTurn: (row, percentiles) => this.#turnClosed(row, percentiles),
      onSummary: (summary) => this.#summarised(summary),
    });
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Takes a client on; `callId` is the call that its connection is for. */
  connect(connection: Connection, grant: Grant, callId: string | undefined): Session {
    this.#numbers += 1;
    const pinned = callId ?? grant.callId;
    const session = new Session({ number: this.#numbers, connection, grant, pinned }, this);
    this.#sessions.add(session);
    return session;
  }

  /** The connection is gone. */
  disconnect(session: Session): void {
    this.#sessions.delete(session);
    session.liveCall()?.endSupervision(session.origin);
    this.#watchLevels(session.focus);
  }

  close(): void {
    this.#unsubscribe();
    for (const session of this.#sessions) session.end(closeCodes.goingAway, 'server stops');
    for (const timer of this.#expiries.values()) clearTimeout(timer);
    this.#expiries.clear();
    this.#sessions.clear();
    this.#records.clear();
  }

  nowMs(): number {
    return this.#options.nowMs();
  }

  control(callId: string): CallControl | undefined {
    return this.#records.get(callId)?.ended ? undefined : this.#options.directory.get(callId);
  }

  calls(): CallInfo[] {
    return this.#options.directory.list();
  }

  knows(callId: string): boolean {
    return this.#records.has(callId) || this.#options.directory.get(callId) !== undefined;
  }

  joined(session: Session): void {
    if (session.focus === undefined) this.#followOnly(session);
  }

  catchUp(session: Session): void {
    const { generation, focus } = session;
    const record = focus === undefined ? undefined : this.#records.get(focus);
    if (!generation || !record) return;
    const { callId, story, counters } = record;
    const info = this.control(callId)?.info();
    this.#watchLevels(callId);
    for (const message of catchUp(generation, { callId, info, story, counters })) session.send(message);
    if (record.farewell) session.send(record.farewell);
  }

  refocused(session: Session, before: string | undefined): void {
    this.catchUp(session);
    if (before !== undefined && before !== session.focus) this.control(before)?.endSupervision(session.origin);
    this.#watchLevels(before);
  }

  typed(session: Session, text: string, id: string, send: () => void): void {
    const record = session.focus === undefined ? undefined : this.#records.get(session.focus);
    send();
    if (!record) return;
    const epochMs = this.#options.epochMsAt(monotonicNs());
    record.story.addLine({ role: 'user', text, epochMs });
    record.afterInterruption(() => {
      for (const watcher of this.#watchers(record.callId))
        watcher.send(chatInput(text, epochMs, watcher === session ? id : undefined));
    });
  }

  #happened(event: CallEvent, counters: Counters): void {
    const record = this.#recordOf(event);
    if (!record || record.ended) return;
    const scene = record.take(event, this.#options.epochMsAt(event.atNs), counters);
    if (event.type === 'call-started') this.#adopt(event.callId);
    this.#tell(event, scene);
    record.release(event);
    if (event.type === 'call-ended') this.#expire(record);
  }

  /** Only `call-started` opens a record: what trails behind the end of a call is nobody's. */
  #recordOf(event: CallEvent): CallRecord | undefined {
    const known = this.#records.get(event.callId);
    if (event.type !== 'call-started' || (known && !known.ended)) return known;
    const record = new CallRecord(event.callId);
    this.#cancelExpiry(event.callId);
    this.#records.set(event.callId, record);
    return record;
  }

  #tell(event: CallEvent, scene: Scene): void {
    const worded = new Map<Generation, Outgoing[]>();
    const audience = event.type === 'call-started' ? this.#listeners(event.callId) : this.#watchers(event.callId);
    for (const session of audience) {
      const { generation } = session;
      if (!generation) continue;
      if (event.type === 'error' && event.fatal && session.pinned === event.callId) {
        session.send(errorEvent(event.message, true));
        session.end(closeCodes.callFailed, 'call failed');
        continue;
      }
      const messages = worded.get(generation) ?? outbound(generation, event, scene);
      worded.set(generation, messages);
      for (const message of this.#disclosed(event, messages, session)) session.send(message);
    }
  }

  #disclosed({ type }: CallEvent, messages: Outgoing[], { grant }: Session): Outgoing[] {
    const confidential = type === 'function-call-started' || type === 'function-call-ended';
    return confidential && !allows(grant, 'steer') ? disclosed(messages, this.#options.functionCalls) : messages;
  }

  #turnClosed(row: LatencyRow, percentiles: LatencyPercentiles | undefined): void {
    const message = latencyMessage(row, percentiles);
    for (const session of this.#watchers(row.callId)) session.send(message);
  }

  #summarised(summary: EndedCall): void {
    const record = this.#records.get(summary.call_id);
    if (!record?.ended) return;
    const { epochMs, reason } = record.ended;
    record.farewell = endedMessage(record.callId, epochMs / 1000, reason, summaryJson(summary));
    for (const session of this.#listeners(record.callId)) session.send(record.farewell);
    for (const session of this.#watchers(record.callId))
      if (session.pinned === undefined) this.#followOnly(session, true);
  }

  /** Clients that have the call in focus and are through their handshake. */
  #watchers(callId: string): Session[] {
    return [...this.#sessions].filter((session) => session.generation && session.focus === callId);
  }

  /** Watchers, and those who follow: they are told of every call that starts and ends. */
  #listeners(callId: string): Session[] {
    return [...this.#sessions].filter(
      ({ generation, focus, pinned, grant }) =>
        generation && (focus === callId || pinned === undefined) && sees(grant, callId),
    );
  }

  /** A call that starts is taken up by all followers that have no running call in focus. */
  #adopt(callId: string): void {
    for (const session of this.#sessions) {
      const idle = session.focus === undefined || this.#records.get(session.focus)?.ended !== undefined;
      if (idle && session.pinned === undefined && sees(session.grant, callId)) session.follow(callId);
    }
    this.#watchLevels(callId);
  }

  /** Levels cost the call some work: they are asked for while somebody has it in focus. */
  #watchLevels(callId: string | undefined): void {
    const record = callId === undefined ? undefined : this.#records.get(callId);
    if (!record || callId === undefined) return;
    const wanted = this.#watchers(callId).length > 0;
    if (wanted === record.levels) return;
    this.control(callId)?.watchLevels(wanted);
    record.levels = wanted;
  }

  /** Puts the only running call into focus; with several or none, waits for the next that starts. */
  #followOnly(session: Session, tell = false): void {
    const running = [...this.#records.values()].filter(({ ended, callId }) => !ended && sees(session.grant, callId));
    const [only] = running;
    if (!only || running.length > 1) return;
    session.follow(only.callId);
    if (tell) this.catchUp(session);
  }

  #expire(record: CallRecord): void {
    const { callId } = record;
    const timer = setTimeout(() => this.#forget(callId), this.#options.lingerMs);
    timer.unref();
    this.#cancelExpiry(callId);
    this.#expiries.set(callId, timer);
    const [oldest] = this.#expiries.keys();
    if (this.#expiries.size > endedLimit && oldest !== undefined) this.#forget(oldest);
  }

  #cancelExpiry(callId: string): void {
    clearTimeout(this.#expiries.get(callId));
    this.#expiries.delete(callId);
  }

  #forget(callId: string): void {
    this.#cancelExpiry(callId);
    this.#records.delete(callId);
    for (const session of this.#sessions) if (session.pinned === callId) session.end(closeCodes.callOver, 'call ended');
  }
}
