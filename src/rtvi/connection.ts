/** The way to one client, without the socket: what carries it implements this. */
export interface Connection {
  send(data: string | Uint8Array): void;
  /** Bytes that were sent but not taken by the peer. */
  readonly unsentBytes: number;
  /** Ends the connection; what was sent before may still arrive. */
  close(code: number, reason: string): void;
}

/** Codes of a close by the server; 4000 and above are this protocol's own. */
export const closeCodes = {
  /** The call that the connection was opened for is over. */
  callOver: 1000,
  goingAway: 1001,
  /** A flood, or no `client-ready`. */
  policy: 1008,
  /** The call failed for good. */
  callFailed: 1011,
  /** Serving this client failed, by no fault of its own. */
  internal: 1011,
  full: 1013,
  refusedToken: 4003,
  unknownCall: 4004,
  /** The client did not read what it was sent. */
  tooSlow: 4008,
} as const;
