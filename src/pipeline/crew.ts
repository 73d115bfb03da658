/**
 * The worker threads: started together, wired to one another, and replaced under the same name when they die. Knows
 * no calls.
 */
import { MessageChannel } from 'node:worker_threads';
import { WorkerHost } from './workers/host.js';
import type { WorkerData, WorkerRole, WorkerToMain } from './workers/protocol.js';

export interface CrewWatch {
  onMessage(worker: WorkerHost, message: WorkerToMain): void;
  /** For the log and the health page. */
  onState(name: string, state: 'ready' | 'died' | 'replaced', cause: string): void;
  /** It serves nobody any more. */
  onDeath(dead: WorkerHost, cause: string): void;
  /** Another has its name and is ready. */
  onReplaced(worker: WorkerHost): void;
  /** It will not be replaced again. */
  onGivenUp(dead: WorkerHost, cause: string): void;
}

/** Replacements of one worker that may fail in a row before it is given up. */
const replaceLimit = 3;
/** A replacement that lived so long is sound: the next death is counted afresh. */
const soundAfterMs = 30_000;

export class Crew {
  readonly #workers = new Map<string, WorkerHost>();
  /** Deaths of a worker since it was last sound. */
  readonly #deaths = new Map<string, number>();
  #state: 'starting' | 'running' | 'stopping' = 'starting';

  /** `plan` has one entry for each thread; names are unique. */
  constructor(
    readonly plan: readonly WorkerData[],
    readonly watch: CrewWatch,
  ) {}

  /** Resolves when every worker has loaded and warmed up its engines; rejects with the reason of the first that cannot. */
  async start(): Promise<void> {
    for (const data of this.plan) this.#spawn(data);
    await Promise.all([...this.#workers.values()].map((worker) => worker.ready));
    this.#state = 'running';
  }

  #spawn(data: WorkerData): WorkerHost {
    const worker = new WorkerHost(data, {
      onMessage: (from, message) => this.watch.onMessage(from, message),
      onDeath: (dead, cause) => void this.#replace(dead, cause),
    });
    for (const other of this.#workers.values())
      if (other.data.role !== data.role && other.name !== data.name) connect(worker, other);
    this.#workers.set(data.name, worker);
    void worker.ready.then(() => this.watch.onState(data.name, 'ready', '')).catch(() => undefined);
    return worker;
  }

  get(name: string): WorkerHost | undefined {
    return this.#workers.get(name);
  }

  of(role: WorkerRole): WorkerHost[] {
    return [...this.#workers.values()].filter(({ data }) => data.role === role);
  }

  get ready(): boolean {
    return this.#state === 'running' && this.plan.every(({ name }) => this.#workers.get(name)?.isReady);
  }

  async #replace(dead: WorkerHost, cause: string): Promise<void> {
    if (this.#state !== 'running') return;
    const deaths = (this.#deaths.get(dead.name) ?? 0) + 1;
    this.#deaths.set(dead.name, deaths);
    this.watch.onState(dead.name, 'died', cause);
    this.watch.onDeath(dead, cause);
    if (deaths <= replaceLimit) return this.#restart(dead, cause);
    this.#workers.delete(dead.name);
    this.watch.onGivenUp(dead, cause);
  }

  /** A replacement that does not get ready dies in turn, and comes through `#replace` again. */
  async #restart(dead: WorkerHost, cause: string): Promise<void> {
    const worker = this.#spawn(dead.data);
    const ready = await worker.ready.then(
      () => true,
      () => false,
    );
    if (!ready) return;
    const deaths = this.#deaths.get(dead.name);
    setTimeout(() => this.#deaths.get(dead.name) === deaths && this.#deaths.delete(dead.name), soundAfterMs).unref();
    this.watch.onState(dead.name, 'replaced', cause);
    this.watch.onReplaced(worker);
  }

  async stop(): Promise<void> {
    this.#state = 'stopping';
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
    this.#workers.clear();
  }
}

function connect(a: WorkerHost, b: WorkerHost): void {
  const { port1, port2 } = new MessageChannel();
  a.post({ type: 'peer', role: b.data.role, name: b.name, port: port1 });
  b.post({ type: 'peer', role: a.data.role, name: a.name, port: port2 });
}
