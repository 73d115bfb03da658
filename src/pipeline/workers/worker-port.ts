/** What every worker has: its ports to main and to its peers, typed, and the event stamp. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { monotonicNs } from '../../clock.js';
import { OavcError, reasonOf } from '../../errors.js';
import { type Log, type LogLevel, openLog } from '../../log.js';
import type { EventBody } from '../events.js';
import type { MainToWorker, PeerMessage, WorkerData, WorkerRole, WorkerToMain } from './protocol.js';

/** The ports of one worker. A message for a peer that is gone is dropped: main has noticed and will re-peer the call. */
export class WorkerPort {
  readonly data = workerData as WorkerData;
  readonly log: Log = openLog(this.data.name, this.data.logLevel as LogLevel);
  readonly #peers = new Map<string, MessagePort>();
  /** Peer by role, for each call. */
  readonly #routes = new Map<string, Partial<Record<WorkerRole, string>>>();
  #close = async (): Promise<void> => {};
  #ending = false;

  /** `onMain` gets what main says, `onPeer` what other workers say. */
  constructor(
    readonly onMain: (message: MainToWorker) => void,
    readonly onPeer: (message: PeerMessage) => void,
  ) {
    parentPort?.on('message', (message: MainToWorker) => this.#fromMain(message));
  }

  #fromMain(message: MainToWorker): void {
    if (message.type === 'stop') void this.#end(0);
    else if (message.type === 'peer') this.#addPeer(message.name, message.port);
    else if (!this.#ending) this.#pass(message);
  }

  #pass(message: MainToWorker): void {
    if (message.type === 'attach') this.#routes.set(message.call.callId, message.peers);
    this.onMain(message);
    if (message.type === 'detach') this.#routes.delete(message.callId);
  }

  #addPeer(name: string, port: MessagePort): void {
    this.#peers.get(name)?.close();
    this.#peers.set(name, port);
    port.on('message', this.onPeer);
  }

  toMain(message: WorkerToMain): void {
    parentPort?.postMessage(message);
  }

  toPeer(role: WorkerRole, message: PeerMessage): void {
    const name = this.#routes.get(message.callId)?.[role];
    if (name !== undefined) this.#peers.get(name)?.postMessage(message);
  }

  emit(callId: string, body: EventBody): void {
    this.toMain({ type: 'event', event: { ...body, callId, atNs: monotonicNs() } });
  }

  /**
   * Runs `start`, then says ready; a worker that cannot start says why and ends. `close` lets go of calls and engines,
   * before a stop and before the end of a thread in which something was thrown that nobody caught.
   */
  async open(
    start: () => Promise<Partial<Extract<WorkerToMain, { type: 'ready' }>>>,
    close: () => Promise<void>,
  ): Promise<void> {
    this.#close = close;
    process.on('uncaughtException', (thrown) => this.#die(thrown));
    try {
      this.toMain({ type: 'ready', wake: 0, voices: {}, ...(await start()) });
    } catch (thrown) {
      this.#fail(thrown);
      // A native engine that is half loaded may keep the thread alive for ever.
      setImmediate(() => process.exit(1));
    }
  }

  #fail(thrown: unknown): void {
    const code = thrown instanceof OavcError ? thrown.code : 'ENGINE_FAILED';
    this.toMain({ type: 'failed', code, message: reasonOf(thrown) });
  }

  #die(thrown: unknown): void {
    if (this.#ending) return;
    this.#fail(thrown);
    void this.#end(1);
  }

  /** llama.cpp at work in a thread that ends aborts the process: the engines come to rest first. */
  async #end(exitCode: number): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    await this.#close().catch((thrown: unknown) => this.log.error({ reason: reasonOf(thrown) }, 'not closed'));
    process.exit(exitCode);
  }
}
