/**
 * One worker thread, from the main side: started, ready or failed, stopped or dead.
 */
import { Worker } from 'node:worker_threads';
import { fault, reasonOf } from '../../errors.js';
import { deferred } from './deferred.js';
import type { MainToWorker, WorkerData, WorkerToMain } from './protocol.js';

export interface WorkerHandlers {
  onMessage(worker: WorkerHost, message: WorkerToMain): void;
  /** It ended without being asked to. Called once. */
  onDeath(worker: WorkerHost, cause: string): void;
}

/** How long a worker may take over a clean end. */
const endTimeoutMs = 5000;

export class WorkerHost {
  readonly #worker: Worker;
  readonly #ready = deferred<void>();
  readonly #exited = deferred<void>();
  #stopping = false;
  #cause = '';
  /** Its engines are loaded: it may be given calls. */
  isReady = false;
  /** Voices by language, of a voice worker. */
  voices: Readonly<Record<string, readonly string[]>> = {};
  /** Wake-up id for media sessions; 0 for none. */
  wake = 0;

  constructor(
    readonly data: WorkerData,
    readonly handlers: WorkerHandlers,
  ) {
    this.#worker = new Worker(new URL(`./${data.role}-worker.js`, import.meta.url), { workerData: data });
    this.#worker.on('message', (message: WorkerToMain) => this.#take(message));
    this.#worker.on('error', (thrown) => {
      this.#cause = reasonOf(thrown);
    });
    this.#worker.on('exit', (code) => this.#exit(code));
    this.#ready.promise.catch(() => undefined);
  }

  get name(): string {
    return this.data.name;
  }
  /** Resolves when the engines are loaded; rejects with the worker's reason. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  #take(message: WorkerToMain): void {
    if (message.type === 'ready') {
      this.wake = message.wake;
      this.voices = message.voices;
      this.isReady = true;
      this.#ready.resolve();
    } else if (message.type === 'failed') {
      this.isReady = false;
      this.#cause = message.message;
      this.#limitEnd();
      this.#ready.reject(fault('WORKER_DIED', this.name, message.message));
    } else this.handlers.onMessage(this, message);
  }

  #exit(code: number): void {
    this.isReady = false;
    const cause = this.#cause || `exit code ${code}`;
    this.#ready.reject(fault('WORKER_DIED', this.name, cause));
    this.#exited.resolve();
    if (!this.#stopping) this.handlers.onDeath(this, cause);
  }

  post(message: MainToWorker): void {
    if (message.type === 'peer') this.#worker.postMessage(message, [message.port]);
    else if (message.type === 'interrupt' && message.answer) this.#worker.postMessage(message, [message.answer]);
    else this.#worker.postMessage(message);
  }

  /** Lets the worker give everything back; ends it when that takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#end();
  }

  /** Ends it in the same way, but as a death with this cause. */
  async endAsDead(cause: string): Promise<void> {
    this.isReady = false;
    this.#cause = cause;
    await this.#end();
  }

  async #end(): Promise<void> {
    this.post({ type: 'stop' });
    this.#limitEnd();
    await this.#exited.promise;
  }

  /** The last resort: a thread that is ended from outside while llama.cpp works takes the process with it. */
  #limitEnd(): void {
    const timer = setTimeout(() => void this.#worker.terminate(), endTimeoutMs);
    void this.#exited.promise.then(() => clearTimeout(timer));
  }

  /** Ends the thread as a crash would: for tests of recovery. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }
}
