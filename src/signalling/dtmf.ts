/** Digits by SIP INFO: the two forms that telephones use. Neither has an RFC; both are vendors' and everywhere. */

export interface InfoDigit {
  digit: string;
  durationMs: number;
}

const defaultDurationMs = 160;
/** Event codes that some peers send in place of signs (RFC 4733, 3.2). */
const eventSigns: Readonly<Record<string, string>> = { 10: '*', 11: '#', 12: 'A', 13: 'B', 14: 'C', 15: 'D' };

/** `application/dtmf-relay` has Signal= and Duration=, `application/dtmf` only the digit; undefined for anything else. */
export function infoDigit(contentType: string, body: string): InfoDigit | undefined {
  if (contentType !== 'application/dtmf-relay' && contentType !== 'application/dtmf') return undefined;
  const [, named] = /^\s*Signal\s*=\s*(\S{1,2})\s*$/im.exec(body) ?? [];
  const sign = (named ?? body.trim()).toUpperCase();
  const digit = eventSigns[sign] ?? sign;
  if (!/^[0-9*#A-D]$/.test(digit)) return undefined;
  const [, duration] = /^\s*Duration\s*=\s*(\d{1,5})\s*$/im.exec(body) ?? [];
  return { digit, durationMs: Number(duration ?? defaultDurationMs) };
}
