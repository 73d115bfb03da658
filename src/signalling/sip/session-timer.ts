/**
 * Session timers (RFC 4028): a call whose peer has silently gone ends. Who refreshes, how often, and when it is over
 * for want of a refresh. Pure: headers and the time are arguments.
 */
import { type Headed, header, parameter } from './headers.js';
import type { HeaderLines } from './message.js';

export interface SessionLimits {
  /** What we ask for, in seconds; 0 for no session timers of ours. */
  expiresS: number;
  /** The least that we accept (RFC 4028, 4: at least 90). */
  minS: number;
}

export interface SessionTerms {
  intervalS: number;
  refresher: 'us' | 'them';
}

const supports = (message: Headed): boolean =>
  (message.headers.supported ?? []).some((name) => name.toLowerCase() === 'timer');

/** Seconds at the beginning of a Session-Expires or Min-SE value; undefined where there is none. */
export function secondsOf(message: Headed, name: 'session-expires' | 'min-se'): number | undefined {
  const [, digits] = /^(\d{1,9})\s*(?:;|$)/.exec(header(message, name)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

const refresherOf = (message: Headed): string | undefined =>
  parameter(header(message, 'session-expires'), 'refresher')?.toLowerCase();

export type Agreement =
  /** Too short for us: 422 with our Min-SE (9). */
  { kind: 'too-short'; minS: number } | { kind: 'agreed'; terms: SessionTerms | undefined; headers: HeaderLines };

/**
 * What a request of theirs (INVITE, UPDATE) agrees to, and what our 2xx says of it (9). A peer that knows nothing of
 * timers leaves the refreshing to us. `before` is who refreshed until now: the role stays where nobody asks for another.
 */
export function agree(request: Headed, limits: SessionLimits, before?: SessionTerms['refresher']): Agreement {
  const asked = secondsOf(request, 'session-expires');
  const timed = supports(request);
  if (asked !== undefined && timed && asked < limits.minS) return { kind: 'too-short', minS: limits.minS };
  const wished = Math.min(asked ?? Number.POSITIVE_INFINITY, limits.expiresS || Number.POSITIVE_INFINITY);
  if (!Number.isFinite(wished)) return { kind: 'agreed', terms: undefined, headers: [] };
  const intervalS = Math.max(wished, limits.minS, secondsOf(request, 'min-se') ?? 0);
  const refresher = timed ? roleOf(refresherOf(request), before) : 'us';
  const value = `${intervalS};refresher=${refresher === 'us' ? 'uas' : 'uac'}`;
  const required: HeaderLines = refresher === 'them' ? [['Require', 'timer']] : [];
  return { kind: 'agreed', terms: { intervalS, refresher }, headers: [['Session-Expires', value], ...required] };
}

function roleOf(asked: string | undefined, before: SessionTerms['refresher'] = 'them'): SessionTerms['refresher'] {
  if (asked === 'uas') return 'us';
  return asked === 'uac' ? 'them' : before;
}

/** What a request of ours asks for (7); `minS` is what a 422 taught us. */
export function wish(limits: SessionLimits, minS = 0, refresher?: 'uac' | 'uas'): HeaderLines {
  const intervalS = Math.max(limits.expiresS, minS);
  if (limits.expiresS === 0) return [['Supported', 'timer']];
  const role = refresher === undefined ? '' : `;refresher=${refresher}`;
  return [
    ['Supported', 'timer'],
    ['Session-Expires', `${intervalS}${role}`],
    ...(minS > 0 ? ([['Min-SE', `${minS}`]] as const) : []),
  ];
}

/** What a 2xx of theirs agrees to (7.2). Without a word of it the peer knows no timers: then we refresh alone. */
export function agreed(response: Headed, limits: SessionLimits, minS = 0): SessionTerms | undefined {
  const intervalS = secondsOf(response, 'session-expires');
  if (intervalS !== undefined && intervalS > 0) {
    return { intervalS, refresher: refresherOf(response) === 'uas' ? 'them' : 'us' };
  }
  return limits.expiresS > 0 ? { intervalS: Math.max(limits.expiresS, minS), refresher: 'us' } : undefined;
}

/** When we must act: a refresh at half of the interval, or BYE shortly before its end (10). */
export function dueAfterMs({ intervalS, refresher }: SessionTerms): number {
  return 1000 * (refresher === 'us' ? intervalS / 2 : intervalS - Math.min(32, intervalS / 3));
}
