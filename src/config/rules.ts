/** What no single option can say: rules between options. Each row is a rule; all are checked, all are reported. */
import type { Config } from './schema.js';

export interface Rule {
  /** The option that the message names. */
  key: string;
  expected: (config: Config) => string;
  holds: (config: Config) => boolean;
}

const codecNames = ['PCMU', 'PCMA', 'opus', 'L16'];
export const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');
const isLoopback = (address: string): boolean => /^(127\.|::1$|localhost$)/.test(address);

/** An RTP port is even, its RTCP port is the odd one after it (RFC 3550, section 11). */
export const portPairs = (min: number, max: number): number =>
  Math.max(0, Math.floor((max + 1 - (min + (min % 2))) / 2));

export const rules: readonly Rule[] = [
  {
    key: 'rtp.max_port',
    expected: ({ rtp }) => `room for an even port and the odd one after it above rtp.min_port ${rtp.min_port}`,
    holds: ({ rtp }) => portPairs(rtp.min_port, rtp.max_port) > 0,
  },
  {
    key: 'rtp.ip',
    expected: ({ rtp }) => `an address that callers can reach, since rtp.bind_ip ${rtp.bind_ip} is none`,
    holds: ({ rtp }) => rtp.ip !== '' || rtp.bind_ip !== '0.0.0.0',
  },
  {
    key: 'rtp.codecs',
    expected: () => `one or more of ${codecNames.join(', ')}`,
    holds: ({ rtp }) => words(rtp.codecs).length > 0 && words(rtp.codecs).every((name) => codecNames.includes(name)),
  },
  {
    key: 'rtp.jitter_max_ms',
    expected: ({ rtp }) => `at least rtp.jitter_min_ms ${rtp.jitter_min_ms}`,
    holds: ({ rtp }) => rtp.jitter_max_ms >= rtp.jitter_min_ms,
  },
  {
    key: 'vad.stop_threshold',
    expected: ({ vad }) => `at most vad.start_threshold ${vad.start_threshold}`,
    holds: ({ vad }) => vad.stop_threshold <= vad.start_threshold,
  },
  {
    key: 'turn.pause_ms',
    expected: ({ turn }) => `at most turn.silence_ms ${turn.silence_ms}`,
    holds: ({ turn }) => turn.pause_ms <= turn.silence_ms,
  },
  {
    key: 'rtvi.token',
    expected: ({ rtvi }) => `a token, since rtvi.ip ${rtvi.ip} can be reached from outside`,
    holds: ({ rtvi }) => !rtvi.enabled || rtvi.token !== '' || isLoopback(rtvi.ip),
  },
];
