/** Reads `ua_session_list`: what OpenSIPS still holds. */

export interface ListedSession {
  key: string;
  /** 1 new, 3 early, 4 not acknowledged, 5 established, 6 re-INVITE, 7 ended. */
  state: number;
  /** The caller is owed a final answer: to its INVITE, or the 487 after its CANCEL. */
  waiting: boolean;
}

/** Of one session (asked for by its key) or of all. Sessions of the UA API only; other users have a logic key. */
export function readSessionList(result: unknown): ListedSession[] {
  const entries: unknown[] = Array.isArray(result) ? result : [result];
  return entries.flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { to_tag, callid, logic_key, state } = entry as Record<string, unknown>;
    // The key is not a field: it is our To tag where they called, the Call-ID where we did.
    const key = [to_tag, callid].find((name) => typeof name === 'string' && name.startsWith('B2B.'));
    if (typeof key !== 'string' || typeof state !== 'number' || (logic_key ?? '') !== '') return [];
    return [{ key, state, waiting: key === to_tag && (state < 4 || state === 7) }];
  });
}
