/**
 * Reads SDP (RFC 8866) down to one audio stream. Parsing is sdp-transform's, which never fails and leaves holes for
 * rubbish: everything that is used is checked here, and m= lines are read here, since the answer must repeat each.
 */
import { isIP } from 'node:net';
import { parse } from 'sdp-transform';
import { fault } from '../errors.js';
import {
  clocksHz,
  type MediaLine,
  type OfferedCodec,
  type OfferedEvents,
  type RemoteMedia,
  type SdpDirection,
} from './sdp-media.js';

type Parsed = ReturnType<typeof parse>;
type ParsedMedia = Parsed['media'][number];

const maxLength = 32_768;
const maxMediaLines = 16;
const defaultPtimeMs = 20;
const directions: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
/** Payload types that need no rtpmap (RFC 3551, 6). */
const staticCodecs: Readonly<Record<number, string>> = { 0: 'PCMU/8000', 8: 'PCMA/8000', 13: 'CN/8000' };
const codecs: Readonly<Record<string, OfferedCodec['codec']>> = {
  'pcmu/8000': 'PCMU',
  'pcma/8000': 'PCMA',
  'opus/48000': 'opus',
  'l16/16000': 'L16',
};

const unacceptable = (why: string) => fault('SDP_UNACCEPTABLE', why);
const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65536;

/** Reads a description; throws SDP_UNACCEPTABLE with the reason. */
export function readSdp(text: string): RemoteMedia {
  const session = parsed(text);
  const lines = mediaLines(text);
  const index = lines.findIndex(isUsable);
  const media = session.media[index];
  const line = lines[index];
  if (!media || !line) throw unacceptable(`expected an RTP/AVP audio stream with a port, got ${described(lines)}`);
  const ip = addressOf(session, media);
  const formats = payloadTypes(line.formats);
  const { port: rtcpPort } = media.rtcp ?? {};
  return {
    ip,
    port: line.port,
    ...(rtcpPort !== undefined && isPort(rtcpPort) ? { rtcpPort } : {}),
    direction: directionOf(session, media, ip),
    ptimeMs: ptimeOf(media),
    codecs: formats.flatMap((payloadType) => codecOf(media, payloadType)),
    telephoneEvents: formats.flatMap((payloadType) => eventsOf(media, payloadType)),
    comfortNoiseType: formats.find((payloadType) => encodingOf(media, payloadType) === 'cn/8000') ?? -1,
    lines: lines.map(({ type, protocol, formats }, at) => ({ type, protocol, formats, accepted: at === index })),
  };
}

function parsed(text: string): Parsed {
  if (text.length > maxLength) throw unacceptable(`expected at most ${maxLength} characters, got ${text.length}`);
  if (!/^v=0\s*$/m.test(text)) throw unacceptable('expected a session description that begins with v=0');
  return parse(text);
}

interface ReadLine extends Omit<MediaLine, 'accepted'> {
  port: number;
}

/** In step with the media of sdp-transform: it too begins one at each line that starts with `m=`. */
function mediaLines(text: string): ReadLine[] {
  const found = text.split(/\r\n|\r|\n/).filter((line) => line.startsWith('m='));
  if (found.length > maxMediaLines)
    throw unacceptable(`expected at most ${maxMediaLines} streams, got ${found.length}`);
  return found.map((line) => {
    const [, type, port, protocol, formats] = /^m=([\w-]+) (\d{1,5}) ([\w/-]+) +(\S.*)$/.exec(line.trim()) ?? [];
    if (!type || !port || !protocol || !formats)
      throw unacceptable(`expected m=TYPE PORT PROTOCOL FORMATS, got ${cut(line)}`);
    return { type, port: Number(port), protocol, formats };
  });
}

/** AVPF is AVP with feedback (RFC 4585), of which none is asked for where the answer names none. */
const profiles: readonly string[] = ['RTP/AVP', 'RTP/AVPF'];

const isUsable = ({ type, port, protocol }: ReadLine): boolean =>
  type === 'audio' && profiles.includes(protocol) && isPort(port);

const described = (lines: readonly ReadLine[]): string =>
  lines.map(({ type, port, protocol }) => cut(`${type} ${port} ${protocol}`)).join(', ') || 'no media';

/** Enough of what a peer sent to know it by, on one line. */
const cut = (text: string): string => JSON.stringify(text.slice(0, 60));

/** The media's own connection line counts before the session's. Names are not looked up: media must not wait for DNS. */
function addressOf(session: Parsed, media: ParsedMedia): string {
  const connection = media.connection ?? session.connection;
  const ip = String(connection?.ip ?? '').split('/')[0] ?? '';
  if (isIP(ip) === 0 || isIP(ip) !== connection?.version) {
    throw unacceptable(`expected c=IN IP4 or IP6 with an address, got ${cut(ip) || 'none'}`);
  }
  return ip;
}

/** c=0.0.0.0 is hold as telephones before RFC 3264 do it (its 8.4): nothing may be sent there. */
function directionOf(session: Parsed, media: ParsedMedia, ip: string): SdpDirection {
  const found = media.direction ?? session.direction ?? 'sendrecv';
  const direction = directions.includes(found) ? found : 'sendrecv';
  if (ip !== '0.0.0.0' && ip !== '::') return direction;
  return direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
}

/** Whole packets of 10 ms, 10 to 60 ms; maxptime bounds what ptime wishes. */
function ptimeOf(media: ParsedMedia): number {
  const wished = Number(media.ptime ?? defaultPtimeMs);
  const bounded = Math.min(wished, Number(media.maxptime ?? 60));
  const tens = Math.floor((Number.isFinite(bounded) ? bounded : defaultPtimeMs) / 10) * 10;
  return Math.min(60, Math.max(10, tens));
}

const payloadTypes = (formats: string): number[] =>
  [...new Set(formats.split(/\s+/).filter((format) => /^\d{1,3}$/.test(format)))]
    .map(Number)
    .filter((type) => type < 128);

/** `name/clock`, in lower case, with `/channels` where more than the codec's own; an rtpmap counts before the static table. */
function encodingOf(media: ParsedMedia, payloadType: number): string {
  const map = media.rtp.find(({ payload }) => payload === payloadType);
  if (!map) return (staticCodecs[payloadType] ?? '').toLowerCase();
  const encoding = `${String(map.codec)}/${map.rate ?? 8000}`.toLowerCase();
  const channels = Number(map.encoding ?? 1);
  return channels === 1 || encoding === 'opus/48000' ? encoding : `${encoding}/${channels}`;
}

function codecOf(media: ParsedMedia, payloadType: number): OfferedCodec[] {
  const encoding = encodingOf(media, payloadType);
  const codec = Object.hasOwn(codecs, encoding) ? codecs[encoding] : undefined;
  const fmtp = String(media.fmtp.find(({ payload }) => payload === payloadType)?.config ?? '');
  return codec ? [{ codec, payloadType, clockHz: clocksHz[codec], fmtp }] : [];
}

function eventsOf(media: ParsedMedia, payloadType: number): OfferedEvents[] {
  const [, clock] = /^telephone-event\/(8000|16000|48000)$/.exec(encodingOf(media, payloadType)) ?? [];
  return clock ? [{ payloadType, clockHz: Number(clock) }] : [];
}
