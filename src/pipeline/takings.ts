/** Calls that were given to their workers, until all three have said that they can serve them. */
import { type Deferred, deferred } from './workers/deferred.js';
import type { WorkerRole } from './workers/protocol.js';

interface Awaited {
  roles: Set<WorkerRole>;
  taken: Deferred<void>;
}

export class Takings {
  readonly #awaited = new Map<string, Awaited>();

  get size(): number {
    return this.#awaited.size;
  }

  /** Resolves when all `roles` have taken the call, or when it was given up; throws the first refusal. */
  of(callId: string, roles: readonly WorkerRole[]): Promise<void> {
    const taken = deferred<void>();
    this.#awaited.set(callId, { roles: new Set(roles), taken });
    return taken.promise;
  }

  /** A worker has the call; one that took another's place says so once more. */
  took(callId: string, role: WorkerRole): void {
    const awaited = this.#awaited.get(callId);
    awaited?.roles.delete(role);
    if (awaited?.roles.size === 0) this.giveUp(callId);
  }

  refused(callId: string, why: unknown): void {
    const awaited = this.#awaited.get(callId);
    this.#awaited.delete(callId);
    awaited?.taken.reject(why);
  }

  /** The call ends: nobody waits any more. */
  giveUp(callId: string): void {
    const awaited = this.#awaited.get(callId);
    this.#awaited.delete(callId);
    awaited?.taken.resolve();
  }
}
