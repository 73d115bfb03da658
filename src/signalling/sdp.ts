/**
 * SDP offer and answer (RFC 8866, RFC 3264) for one audio stream: G.711 both laws, Opus, telephone-event. Parsing is
 * sdp-transform's, which never fails and leaves holes for rubbish: everything is checked here.
 */
import { parse } from 'sdp-transform';
import { fault } from '../errors.js';

export type SdpCodec = 'PCMU' | 'PCMA' | 'opus';
export type SdpDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface OfferedCodec {
  codec: SdpCodec;
  payloadType: number;
}

/** The audio stream that a peer describes, and how many others stand beside it. */
export interface RemoteMedia {
  ip: string;
  port: number;
  direction: SdpDirection;
  ptimeMs: number;
  /** In the peer's order of preference. */
  codecs: OfferedCodec[];
  /** -1 where the peer has none. */
  telephoneEventType: number;
  /** Every m= line in order, for the answer; `audio` marks the accepted one. */
  lines: { type: string; protocol: string; formats: string; accepted: boolean }[];
}

export interface LocalMedia {
  ip: string;
  port: number;
  /** The preferred first. */
  codecs: readonly SdpCodec[];
  sessionId: number;
  /** Counts the descriptions of the session. */
  version: number;
}

/** What both ends agreed on: where to send, and how. */
export interface ChosenMedia {
  codec: SdpCodec;
  payloadType: number;
  telephoneEventType: number;
  ptimeMs: number;
  direction: SdpDirection;
  remoteIp: string;
  remotePort: number;
}

const defaultPtimeMs = 20;
const offeredTypes: Readonly<Record<SdpCodec, number>> = { PCMU: 0, PCMA: 8, opus: 96 };
const offeredEventType = 101;
const rtpmaps: Readonly<Record<SdpCodec, string>> = { PCMU: 'PCMU/8000', PCMA: 'PCMA/8000', opus: 'opus/48000/2' };
/** What we may still do when the peer's direction is this (RFC 3264, 6.1). */
const mirrored: Readonly<Record<SdpDirection, SdpDirection>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

type Parsed = ReturnType<typeof parse>;
type ParsedMedia = Parsed['media'][number];

const refuse = (why: string) => fault('SDP_UNACCEPTABLE', why);

/** Reads a description; throws SDP_UNACCEPTABLE with the reason. */
export function readSdp(text: string): RemoteMedia {
  const session = parsed(text);
  const media = (session.media ?? []).find((line) => isUsableAudio(line));
  if (!media) throw refuse(`expected an RTP/AVP audio stream with a port, got ${describeLines(session)}`);
  const codecs = codecsOf(media);
  const ip = addressOf(session, media);
  const lines = session.media.map((line) => ({
    type: String(line.type),
    protocol: String(line.protocol),
    formats: String(line.payloads ?? ''),
    accepted: line === media,
  }));
  const direction = ip === '0.0.0.0' ? 'inactive' : directionOf(session, media);
  return {
    ip,
    port: media.port,
    direction,
    ptimeMs: ptimeOf(media),
    codecs,
    telephoneEventType: eventTypeOf(media),
    lines,
  };
}

function parsed(text: string): Parsed {
  if (!/^v=0\s*$/m.test(text)) throw refuse('expected a session description that begins with v=0');
  try {
    return parse(text);
  } catch (thrown) {
    throw refuse(`it cannot be parsed (${String(thrown)})`);
  }
}

const isUsableAudio = (line: ParsedMedia): boolean =>
  line.type === 'audio' && /^RTP\/AVPF?$/.test(String(line.protocol)) && isPort(line.port) && line.port > 0;

const isPort = (port: unknown): port is number => Number.isInteger(port) && Number(port) >= 0 && Number(port) < 65536;

const describeLines = ({ media = [] }: Parsed): string =>
  media.map(({ type, port, protocol }) => `${type} ${port} ${protocol}`.slice(0, 60)).join(', ') || 'no media';

/** The media's own connection line counts before the session's. */
function addressOf(session: Parsed, media: ParsedMedia): string {
  const { ip, version } = media.connection ?? session.connection ?? {};
  if (typeof ip !== 'string' || version !== 4 || !isIPv4(ip))
    throw refuse(`expected c=IN IP4 with an address, got ${ip ?? 'none'}`);
  return ip;
}

const isIPv4 = (ip: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(ip) && ip.split('.').every((part) => Number(part) < 256);

function directionOf(session: Parsed, media: ParsedMedia): SdpDirection {
  const found = media.direction ?? session.direction ?? 'sendrecv';
  return found in mirrored ? (found as SdpDirection) : 'sendrecv';
}

/** Whole packets of 10 ms, 10 to 60 ms; maxptime bounds it. */
function ptimeOf(media: ParsedMedia): number {
  const wished = Number(media.ptime ?? defaultPtimeMs);
  const bounded = Math.min(wished, Number(media.maxptime ?? 60));
  const tens = Math.floor((Number.isFinite(bounded) ? bounded : defaultPtimeMs) / 10) * 10;
  return Math.min(60, Math.max(10, tens));
}

/** Payload types in the order of the m= line; 0 and 8 need no rtpmap (RFC 3551). */
function payloadTypes(media: ParsedMedia): number[] {
  const formats = String(media.payloads ?? '')
    .split(/\s+/)
    .filter((format) => /^\d{1,3}$/.test(format));
  return formats.map(Number).filter((type) => type < 128);
}

function codecsOf(media: ParsedMedia): OfferedCodec[] {
  return payloadTypes(media).flatMap((payloadType) => {
    const codec = codecOf(media, payloadType);
    return codec === undefined ? [] : [{ codec, payloadType }];
  });
}

function codecOf(media: ParsedMedia, payloadType: number): SdpCodec | undefined {
  const map = (media.rtp ?? []).find(({ payload }) => payload === payloadType);
  if (!map) return payloadType === 0 ? 'PCMU' : payloadType === 8 ? 'PCMA' : undefined;
  const name = String(map.codec).toLowerCase();
  if (name === 'opus') return map.rate === 48000 ? 'opus' : undefined;
  if (map.rate !== 8000) return undefined;
  return name === 'pcmu' ? 'PCMU' : name === 'pcma' ? 'PCMA' : undefined;
}

function eventTypeOf(media: ParsedMedia): number {
  const types = payloadTypes(media);
  const map = (media.rtp ?? []).find(
    ({ payload, codec, rate }) =>
      types.includes(payload) &&
      String(codec).toLowerCase() === 'telephone-event' &&
      (rate === undefined || rate === 8000),
  );
  return map?.payload ?? -1;
}

/** Takes the first codec of ours that the peer has, at the peer's payload type; throws SDP_UNACCEPTABLE when none fits. */
function choose(remote: RemoteMedia, codecs: readonly SdpCodec[]): ChosenMedia {
  const chosen = codecs.flatMap((wanted) => remote.codecs.filter(({ codec }) => codec === wanted))[0];
  if (!chosen) {
    const offered = remote.codecs.map(({ codec }) => codec).join(', ') || 'none that is known';
    throw refuse(`expected one of ${codecs.join(', ')}, the peer has ${offered}`);
  }
  const { ip: remoteIp, port: remotePort, telephoneEventType, ptimeMs } = remote;
  return { ...chosen, telephoneEventType, ptimeMs, direction: mirrored[remote.direction], remoteIp, remotePort };
}

/** Answers an offer: one audio stream accepted, every other line refused in its place. */
export function answerSdp({ remote, local }: { remote: RemoteMedia; local: LocalMedia }): {
  sdp: string;
  chosen: ChosenMedia;
} {
  const chosen = choose(remote, local.codecs);
  const audio = audioLines(local.port, [chosen], chosen.telephoneEventType, chosen.ptimeMs, chosen.direction);
  const media = remote.lines.flatMap((line) =>
    line.accepted ? audio : [`m=${line.type} 0 ${line.protocol} ${line.formats.split(' ')[0] || '0'}`],
  );
  return { sdp: description(local, media), chosen };
}

/** Offers every codec of ours. */
export function offerSdp(local: LocalMedia): string {
  const codecs = local.codecs.map((codec) => ({ codec, payloadType: offeredTypes[codec] }));
  return description(local, audioLines(local.port, codecs, offeredEventType, defaultPtimeMs, 'sendrecv'));
}

/** What the answer to our offer chose; throws SDP_UNACCEPTABLE. */
export const readAnswer = (text: string, local: LocalMedia): ChosenMedia => choose(readSdp(text), local.codecs);

function audioLines(
  port: number,
  codecs: readonly OfferedCodec[],
  eventType: number,
  ptimeMs: number,
  direction: SdpDirection,
): string[] {
  const types = [...codecs.map(({ payloadType }) => payloadType), ...(eventType >= 0 ? [eventType] : [])];
  return [
    `m=audio ${port} RTP/AVP ${types.join(' ')}`,
    ...codecs.map(({ codec, payloadType }) => `a=rtpmap:${payloadType} ${rtpmaps[codec]}`),
    ...codecs.filter(({ codec }) => codec === 'opus').map(({ payloadType }) => `a=fmtp:${payloadType} useinbandfec=1`),
    ...(eventType >= 0 ? [`a=rtpmap:${eventType} telephone-event/8000`, `a=fmtp:${eventType} 0-16`] : []),
    `a=ptime:${ptimeMs}`,
    `a=${direction}`,
  ];
}

function description({ ip, sessionId, version }: LocalMedia, media: readonly string[]): string {
  const session = ['v=0', `o=oavc ${sessionId} ${version} IN IP4 ${ip}`, 's=-', `c=IN IP4 ${ip}`, 't=0 0'];
  return `${[...session, ...media].join('\r\n')}\r\n`;
}
