/** What no single option can say: rules between options. Each row is a rule; all are checked, all are reported. */
import { isIP } from 'node:net';
import type { Config } from './schema.js';

export interface Rule {
  /** The option that the message names. */
  key: string;
  expected: (config: Config) => string;
  holds: (config: Config) => boolean;
}

const codecNames = ['PCMU', 'PCMA', 'opus', 'L16'];
export const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');
const isLoopback = (address: string): boolean => /^(127\.|::1$|::1\/128$|localhost$)/.test(address);

/** An address, or a network in CIDR notation (RFC 4632). */
function isNetwork(entry: string): boolean {
  const [, ip = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(ip);
  return version !== 0 && Number(bits ?? 0) <= (version === 6 ? 128 : 32);
}

/** Blanks separate: a password may hold commas. */
const userEntries = (text: string): string[] => text.split(/\s+/).filter((entry) => entry !== '');

/** `NAME:PASSWORD`s by name. */
export const usersOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    userEntries(text).map((entry) => {
      const colon = entry.indexOf(':');
      return [entry.slice(0, colon), entry.slice(colon + 1)] as const;
    }),
  );

/** An address or a name, no port behind it. */
const isHost = (text: string): boolean => isIP(text) !== 0 || /^[\w.-]+$/.test(text);
const hostExpected = () => 'an address or a host name, without a port';

/** A SIP port that others can reach has somebody who may call, and a way to keep all others out. */
const isGuarded = ({ sip, trunk }: Config): boolean =>
  sip.users !== '' || trunk.host !== '' || words(sip.allow).some((entry) => !isLoopback(entry));

const isRemote = (engine: string): boolean => ['openai', 'vosk-server', 'piper-http'].includes(engine);

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
    key: 'recording.dir',
    expected: () => 'a folder, since recording.enabled is true',
    holds: ({ recording }) => !recording.enabled || recording.dir !== '',
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
  { key: 'opensips.ip', expected: hostExpected, holds: ({ opensips }) => isHost(opensips.ip) },
  {
    key: 'opensips.connector',
    expected: () => 'a name without blanks, quotes, ; and =',
    holds: ({ opensips }) => /^[^\s;="]*$/.test(opensips.connector),
  },
  {
    key: 'engine.event_ip',
    expected: () => 'an IPv4 address or a host name: OpenSIPS sends events to no other',
    holds: ({ engine }) => isHost(engine.event_ip) && isIP(engine.event_ip) !== 6,
  },
  { key: 'sip.ip', expected: hostExpected, holds: ({ sip }) => isHost(sip.ip) },
  {
    key: 'sip.advertise',
    expected: hostExpected,
    holds: ({ sip }) => sip.advertise === '' || isHost(sip.advertise),
  },
  {
    key: 'sip.realm',
    expected: () => 'a name without quotes and backslashes',
    holds: ({ sip }) => /^[^"\\]+$/.test(sip.realm),
  },
  {
    key: 'sip.allow',
    expected: () => 'addresses or networks as 192.0.2.7 or 10.0.0.0/8, separated by blanks',
    holds: ({ sip }) => words(sip.allow).every(isNetwork),
  },
  {
    key: 'sip.allow',
    expected: ({ sip }) =>
      `addresses that may call, or users with passwords in sip.users, since sip.ip ${sip.ip} can be reached from outside`,
    holds: (config) => !config.sip.enabled || isLoopback(config.sip.ip) || isGuarded(config),
  },
  {
    key: 'sip.users',
    expected: () => 'NAME:PASSWORD, several separated by blanks',
    holds: ({ sip }) => userEntries(sip.users).every((entry) => /^[^:"]+:./.test(entry)),
  },
  {
    key: 'trunk.host',
    expected: () => 'HOST, HOST:PORT, or in quotes "HOST;transport=tcp"',
    holds: ({ trunk }) => /^$|^(\[[\da-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?(;transport=(udp|tcp))?$/i.test(trunk.host),
  },
  {
    key: 'trunk.user',
    expected: () => 'the account to register with, since trunk.register is on',
    holds: ({ trunk }) => trunk.host === '' || !trunk.register || trunk.user !== '',
  },
  ...(['stt', 'llm', 'tts'] as const).map((section) => ({
    key: `${section}.url`,
    expected: (config: Config) => `an address, since ${section}.engine is ${config[section].engine}`,
    holds: (config: Config) => !isRemote(config[section].engine) || URL.canParse(config[section].url),
  })),
  {
    key: 'rtvi.token',
    expected: ({ rtvi }) => `a token, since rtvi.ip ${rtvi.ip} can be reached from outside`,
    holds: ({ rtvi }) => !rtvi.enabled || rtvi.token !== '' || isLoopback(rtvi.ip),
  },
];
