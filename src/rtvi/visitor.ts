/** What a request may reach: the client that sent it, its rights, and the call that it has in focus. */
import type { CallControl, CallInfo } from '../call/control.js';

/** `watch` reads; `steer` acts on calls; `admin` places calls besides. */
export type Role = 'watch' | 'steer' | 'admin';

export interface Grant {
  role: Role;
  /** The only call that the client may see; undefined for all. */
  callId?: string;
}

export interface Visitor {
  readonly grant: Grant;
  /** Who it is, for histories: generation, library and number of the connection. */
  readonly origin: string;
  /** The call in focus; throws when there is none, or it has ended. */
  call(): CallControl;
  /** The call in focus if it runs. */
  liveCall(): CallControl | undefined;
  /** Calls that the client may see. */
  calls(): CallInfo[];
  /** Checks a change of focus; the returned function carries it out. Throws CALL_UNKNOWN. */
  refocus(callId: string): () => void;
  /** Tells all watchers of the call that this client said `text` by the message `id`. */
  typed(text: string, id: string, send: () => void): void;
}

const ranks: Record<Role, number> = { watch: 0, steer: 1, admin: 2 };

export const allows = (grant: Grant, needed: Role): boolean => ranks[grant.role] >= ranks[needed];
/** A grant for one call sees nothing of the others. */
export const sees = (grant: Grant, callId: string): boolean => grant.callId === undefined || grant.callId === callId;
