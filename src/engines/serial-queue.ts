/** One job at a time, in order, with a bound on how many wait: for native code that must not run twice at once. */
import { fault } from '../errors.js';

interface Waiting {
  start: () => Promise<void>;
  refuse: (error: Error) => void;
}

export class SerialQueue {
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  /** `limit` jobs may wait besides the one that runs. */
  constructor(
    private readonly engine: string,
    private readonly limit: number,
  ) {}

  /** Rejects with ENGINE_FAILED when too many wait already, or the queue closed before the job began. */
  run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(fault('ENGINE_FAILED', this.engine, 'it is closed'));
    if (this.#waiting.length >= this.limit)
      return Promise.reject(fault('ENGINE_FAILED', this.engine, `${this.limit} jobs are waiting already`));
    return new Promise<T>((resolve, reject) => {
      const start = (): Promise<void> => Promise.resolve().then(job).then(resolve, reject);
      this.#waiting.push({ start, refuse: reject });
      this.#advance();
    });
  }

  /** Refuses what waits; resolves when the job that runs is over, so that its memory may be freed. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.refuse(fault('ENGINE_FAILED', this.engine, 'it is closed'));
    await this.#running;
  }

  #advance(): void {
    if (this.#running !== undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#running = next.start().then(() => {
      this.#running = undefined;
      this.#advance();
    });
  }
}
