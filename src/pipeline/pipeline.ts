/**
 * The conversation side of all calls, from the main thread: gives each call its three workers and passes events on.
 * When a worker dies its calls are given to the one that replaces it, with what was said so far.
 */
import { monotonicNs } from '../clock.js';
import type { ToolCall } from '../engines/engine.js';
import { fault } from '../errors.js';
import { type Rings, SpokenRing } from '../media/sample-ring.js';
import { CallMemory } from './call-memory.js';
import { Crew } from './crew.js';
import type { CallEvent, EndReason } from './events.js';
import type { CallSettings } from './services.js';
import { Takings } from './takings.js';
import { within } from './workers/deadline.js';
import { deferred } from './workers/deferred.js';
import type { WorkerHost } from './workers/host.js';
import type { MainToWorker, WorkerData, WorkerRole, WorkerToMain } from './workers/protocol.js';

export interface PipelineOptions {
  /** One entry for each worker thread; names are unique. */
  workers: readonly WorkerData[];
  onEvent(event: CallEvent): void;
  /** The model wants its call to do this; `functionResult` brings what came of it. */
  onAct(callId: string, act: ToolCall): void;
  /** Nobody can serve this call any more: end it. */
  onLost(callId: string, cause: string): void;
  /** The conversation has come to its end: hang up. */
  onFinished(callId: string, reason: EndReason, why: string): void;
  /** A worker died or came back: for the log and the health page. */
  onWorker(name: string, state: 'ready' | 'died' | 'replaced', cause: string): void;
}

export interface PipelineCall {
  callId: string;
  rings: Rings;
  lineRateHz: number;
  prompt: string;
  /** Digits of the number that the caller is expected to give; 0 for none. */
  expectDigits: number;
  /** It begins on hold. */
  held: boolean;
  agent: string;
  settings: CallSettings;
  /** Moves the media thread's wake-ups to the worker that hears this call. */
  setWake(wake: number): void;
}

interface Attached {
  call: PipelineCall;
  memory: CallMemory;
  peers: Record<WorkerRole, string>;
  settings: CallSettings;
  levels: boolean;
  held: boolean;
  detached: { pending: Set<string>; done: () => void } | undefined;
}

const roles: readonly WorkerRole[] = ['speech', 'language', 'voice'];
/** How long a worker may take to let go of a call. */
const detachTimeoutMs = 10_000;
const stuck = 'it does not let go of a call';

export class Pipeline {
  readonly #crew: Crew;
  readonly #calls = new Map<string, Attached>();
  readonly #takings = new Takings();
  readonly #held = new Map<string, Record<string, number>>();

  private constructor(readonly options: PipelineOptions) {
    this.#crew = new Crew(options.workers, {
      onMessage: (worker, message) => this.#take(worker, message),
      onState: (name, state, cause) => options.onWorker(name, state, cause),
      onDeath: (dead, cause) => this.#silenceCallsOf(dead, cause),
      onReplaced: (worker) => this.#handOverTo(worker),
      onGivenUp: (dead, cause) => this.#giveUpCallsOf(dead, cause),
    });
  }

  /** Resolves when every worker has loaded and warmed up its engines. */
  static async start(options: PipelineOptions): Promise<Pipeline> {
    const pipeline = new Pipeline(options);
    try {
      await pipeline.#crew.start();
    } catch (thrown) {
      await pipeline.stop();
      throw thrown;
    }
    return pipeline;
  }

  /**
   * Gives the call its workers; the wake-up goes to `setWake`. Resolves when all have taken it, or it is detached;
   * throws why one cannot.
   */
  attach(call: PipelineCall): Promise<void> {
    const peers = Object.fromEntries(roles.map((role) => [role, this.#leastLoaded(role)])) as Record<
      WorkerRole,
      string
    >;
    const { callId, settings, held } = call;
    const memory = new CallMemory(call.prompt);
    const attached: Attached = { call, memory, peers, settings, levels: false, held, detached: undefined };
    this.#calls.set(callId, attached);
    const taken = this.#takings.of(callId, roles);
    for (const role of ['voice', 'language', 'speech'] as const) this.#attachTo(role, attached);
    return taken;
  }

  #leastLoaded(role: WorkerRole): string {
    const load = (name: string): number => [...this.#calls.values()].filter(({ peers }) => peers[role] === name).length;
    const ready = this.#crew.of(role).filter(({ isReady }) => isReady);
    const [best] = ready.map(({ name }) => name).sort((a, b) => load(a) - load(b));
    if (best === undefined) throw fault('WORKER_DIED', role, 'none is ready at the moment');
    return best;
  }

  #attachTo(role: WorkerRole, { call, memory, peers, settings, levels, held }: Attached): void {
    const worker = this.#crew.get(peers[role]);
    const { callId, lineRateHz, expectDigits, agent } = call;
    const said = { messages: memory.messages, nextTurn: memory.nextTurn };
    const attachment = { callId, ...call.rings, lineRateHz, settings, agent, ...said, levels, held, expectDigits };
    worker?.post({ type: 'attach', call: attachment, peers });
    if (role === 'speech' && worker) call.setWake(worker.wake);
  }

  /** Sends a command to the worker of this role that serves the call. */
  send(role: WorkerRole, message: Extract<MainToWorker, { callId: string }>): void {
    const attached = this.#calls.get(message.callId);
    if (!attached) throw fault('CALL_UNKNOWN', message.callId);
    if (message.type === 'levels') attached.levels = message.on;
    if (message.type === 'hold') attached.held = message.held;
    if (message.type === 'append') attached.memory.append(message.message);
    if (message.type === 'context') attached.memory.replace(message.messages);
    if (message.type === 'run' && message.text !== '') attached.memory.append({ role: 'user', content: message.text });
    this.#crew.get(attached.peers[role])?.post(message);
  }

  /** The result of a tool that a client answers. */
  answerFunctionCall(callId: string, toolCallId: string, result: unknown): void {
    if (!this.#calls.get(callId)?.memory.answer(toolCallId)) throw fault('TOOL_CALL_UNKNOWN', toolCallId);
    this.functionResult(callId, toolCallId, result);
  }

  /** What came of an act; dropped when the call is gone. */
  functionResult(callId: string, toolCallId: string, result: unknown): void {
    if (this.#calls.has(callId)) this.send('language', { type: 'function-result', callId, toolCallId, result });
  }

  /** Changes settings of a running call in all its workers. */
  update(callId: string, patch: Partial<CallSettings>): void {
    const attached = this.#calls.get(callId);
    if (attached) attached.settings = { ...attached.settings, ...patch };
    for (const role of roles) this.send(role, { type: 'settings', callId, patch });
  }

  /** Resolves when all three workers have given back what they held for the call; one that does not is ended. */
  async detach(callId: string): Promise<void> {
    const attached = this.#calls.get(callId);
    if (!attached || attached.detached) return;
    this.#takings.giveUp(callId);
    const { promise, resolve } = deferred<void>();
    const serving = Object.values(attached.peers).flatMap((name) => this.#crew.get(name) ?? []);
    const pending = new Set(serving.map(({ name }) => name));
    attached.detached = { pending, done: resolve };
    for (const worker of serving) worker.post({ type: 'detach', callId });
    if (pending.size === 0) resolve();
    await within(promise, detachTimeoutMs, () => fault('WORKER_DIED', [...pending].join(', '), stuck))
      .catch(() => this.#endStuck(pending))
      .finally(() => this.#calls.delete(callId));
  }

  /** They are replaced as if they had crashed. */
  async #endStuck(names: ReadonlySet<string>): Promise<void> {
    await Promise.all([...names].map((name) => this.#crew.get(name)?.endAsDead(stuck)));
  }

  #take(worker: WorkerHost, message: WorkerToMain): void {
    if (message.type === 'event') this.#event(message.event);
    else if (message.type === 'act') this.options.onAct(message.callId, message.act);
    else if (message.type === 'held') this.#held.set(worker.name, message.counts);
    else if (message.type === 'detached') this.#detachedFrom(worker.name, message.callId);
    else if (message.type === 'attached') this.#takings.took(message.callId, worker.data.role);
    else if (message.type === 'refused')
      this.#takings.refused(message.callId, fault('ENGINE_FAILED', worker.name, message.why));
  }

  #event(event: CallEvent): void {
    this.#calls.get(event.callId)?.memory.take(event);
    this.options.onEvent(event);
    if (event.type === 'error' && event.fatal) this.options.onLost(event.callId, event.message);
    if (event.type === 'caller-silent' && event.ends)
      this.options.onFinished(event.callId, 'caller-silent', 'the silence of the caller');
  }

  #detachedFrom(name: string, callId: string): void {
    const waiting = this.#calls.get(callId)?.detached;
    waiting?.pending.delete(name);
    if (waiting?.pending.size === 0) waiting.done();
  }

  #silenceCallsOf(dead: WorkerHost, cause: string): void {
    this.#held.delete(dead.name);
    for (const attached of this.#callsOf(dead)) this.#silence(attached, dead, cause);
  }

  #handOverTo(worker: WorkerHost): void {
    for (const attached of this.#callsOf(worker)) this.#handOver(attached, worker.data.role);
  }

  #giveUpCallsOf(dead: WorkerHost, cause: string): void {
    for (const { call } of this.#callsOf(dead)) this.options.onLost(call.callId, cause);
  }

  #callsOf({ name }: WorkerHost): Attached[] {
    for (const callId of this.#calls.keys()) if (this.#calls.get(callId)?.detached) this.#detachedFrom(name, callId);
    return [...this.#calls.values()].filter(({ peers, detached }) => !detached && Object.values(peers).includes(name));
  }

  #silence({ call, peers }: Attached, dead: WorkerHost, cause: string): void {
    const { callId } = call;
    const { message } = fault('WORKER_DIED', dead.name, cause);
    this.#event({ type: 'error', callId, atNs: monotonicNs(), code: 'WORKER_DIED', message, fatal: false });
    if (dead.data.role === 'speech') new SpokenRing(call.rings.spoken).discard();
    else this.#crew.get(peers.speech)?.post({ type: 'interrupt', callId });
  }

  #handOver(attached: Attached, role: WorkerRole): void {
    const { callId } = attached.call;
    this.#attachTo(role, attached);
    this.#crew
      .get(attached.peers.speech)
      ?.post({ type: 'say', callId, text: '', interrupt: true, remember: false, interruptible: true });
  }

  /** What workers hold for calls, summed: zero everywhere once all calls are gone. */
  held(): Record<string, number> {
    const sum: Record<string, number> = { attached: this.#calls.size };
    for (const counts of this.#held.values()) {
      for (const [what, count] of Object.entries(counts)) sum[what] = (sum[what] ?? 0) + count;
    }
    return sum;
  }

  /** Ends one worker as a crash would; for tests of recovery. */
  async kill(role: WorkerRole): Promise<void> {
    await this.#crew.of(role)[0]?.kill();
  }

  /** Voices that an engine has for a language; none before a voice worker is ready. */
  voicesOf(language: string): readonly string[] {
    const voices = this.#crew.of('voice')[0]?.voices ?? {};
    return voices[language] ?? [];
  }

  get ready(): boolean {
    return this.#crew.ready;
  }

  async stop(): Promise<void> {
    await this.#crew.stop();
    for (const { detached } of this.#calls.values()) detached?.done();
  }
}
