/**
 * SDP offer and answer (RFC 3264) for one audio stream: G.711 both laws, Opus, L16, telephone-event, comfort
 * noise where it is offered. Pure.
 */
import { isIP } from 'node:net';
import { fault } from '../errors.js';
import {
  type ChosenMedia,
  clocksHz,
  type LocalMedia,
  type OfferedCodec,
  type OfferedEvents,
  type RemoteMedia,
  type SdpCodec,
  type SdpDirection,
} from './sdp-media.js';
import { readSdp } from './sdp-read.js';

export type { ChosenMedia, LocalMedia, RemoteMedia, SdpCodec, SdpDirection } from './sdp-media.js';
export { readSdp } from './sdp-read.js';

const offeredPtimeMs = 20;
/** What we offer, by codec; dynamic types are ours to choose. */
const payloadTypes: Readonly<Record<SdpCodec, number>> = { PCMU: 0, PCMA: 8, opus: 96, L16: 97 };
/** Events share the clock of the audio (RFC 4733, 2.1): one type for each clock. */
const eventTypes: Readonly<Record<number, number>> = { 8000: 101, 16000: 102, 48000: 103 };
const encodings: Readonly<Record<SdpCodec, string>> = {
  PCMU: 'PCMU/8000',
  PCMA: 'PCMA/8000',
  opus: 'opus/48000/2',
  L16: 'L16/16000',
};
/** What we may still do when the peer's direction is this (RFC 3264, 6.1). */
const mirrored: Readonly<Record<SdpDirection, SdpDirection>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

const unacceptable = (why: string) => fault('SDP_UNACCEPTABLE', why);

/** The first codec in our order that the peer has, at the peer's payload type. */
const byOurOrder = (remote: RemoteMedia, ours: readonly SdpCodec[]): OfferedCodec | undefined =>
  ours.flatMap((wanted) => remote.codecs.filter(({ codec }) => codec === wanted))[0];

/** The first codec in the peer's order that we have. */
const byPeerOrder = (remote: RemoteMedia, ours: readonly SdpCodec[]): OfferedCodec | undefined =>
  remote.codecs.find(({ codec }) => ours.includes(codec));

function checkFits(remote: RemoteMedia, local: LocalMedia, codec: OfferedCodec | undefined): OfferedCodec {
  if (isIP(remote.ip) !== isIP(local.ip)) throw unacceptable(`expected IPv${isIP(local.ip)} media, got ${remote.ip}`);
  if (codec) return codec;
  const theirs = remote.codecs.map(({ codec }) => codec).join(', ') || 'none that is known';
  throw unacceptable(`expected one of ${local.codecs.join(', ')}, the peer has ${theirs}`);
}

/** Events share the clock of the audio (RFC 4733, 2.1); peers that offer only the 8 kHz form mean it all the same. */
const eventsFor = (remote: RemoteMedia, { clockHz }: OfferedCodec): OfferedEvents | undefined =>
  remote.telephoneEvents.find((events) => events.clockHz === clockHz) ??
  remote.telephoneEvents.find((events) => events.clockHz === 8000);

/** Opus has no packets of 30 and 50 ms (RFC 7587, 4.2); L16 over 40 ms would be fragmented. */
function ptimeFor({ codec }: OfferedCodec, ptimeMs: number): number {
  if (codec === 'L16') return Math.min(ptimeMs, 40);
  return codec === 'opus' && (ptimeMs === 30 || ptimeMs === 50) ? ptimeMs - 10 : ptimeMs;
}

function agreed(remote: RemoteMedia, { codec, payloadType, clockHz, fmtp }: OfferedCodec): ChosenMedia {
  const chosen = { codec, payloadType, clockHz, fmtp };
  const events = eventsFor(remote, chosen);
  return {
    codec,
    payloadType,
    telephoneEventType: events?.payloadType ?? -1,
    telephoneEventClockHz: events?.clockHz ?? 0,
    comfortNoiseType: clockHz === 8000 ? remote.comfortNoiseType : -1,
    fmtp,
    ptimeMs: ptimeFor(chosen, remote.ptimeMs),
    direction: mirrored[remote.direction],
    remoteIp: remote.ip,
    remotePort: remote.port,
    ...(remote.rtcpPort === undefined ? {} : { remoteRtcpPort: remote.rtcpPort }),
  };
}

/**
 * Answers an offer: one audio stream accepted, every other line refused in its place (RFC 3264, 6). Throws
 * SDP_UNACCEPTABLE when no codec fits.
 */
export function answerSdp({ remote, local }: { remote: RemoteMedia; local: LocalMedia }): {
  sdp: string;
  chosen: ChosenMedia;
} {
  const codec = checkFits(remote, local, byOurOrder(remote, local.codecs));
  const chosen = agreed(remote, codec);
  const events = remote.telephoneEvents.filter(({ payloadType }) => payloadType === chosen.telephoneEventType);
  const protocol = remote.lines.find(({ accepted }) => accepted)?.protocol;
  const audio = audioLines(local, [codec], events, chosen, protocol);
  const media = remote.lines.flatMap(({ accepted, type, protocol, formats }) =>
    accepted ? audio : [`m=${type} 0 ${protocol} ${formats}`],
  );
  return { sdp: description(local, media), chosen };
}

/** Offers every codec of ours, both ways. */
export function offerSdp(local: LocalMedia): string {
  const codecs = local.codecs.map((codec) => ({
    codec,
    payloadType: payloadTypes[codec],
    clockHz: clocksHz[codec],
    fmtp: '',
  }));
  const clocks = [...new Set(codecs.map(({ clockHz }) => clockHz))];
  const events = clocks.map((clockHz) => ({ payloadType: eventTypes[clockHz] ?? 101, clockHz }));
  const stream = { ptimeMs: offeredPtimeMs, direction: 'sendrecv', comfortNoiseType: -1 } as const;
  return description(local, audioLines(local, codecs, events, stream));
}

/** What the answer to our offer chose; throws SDP_UNACCEPTABLE. */
export function readAnswer(text: string, local: LocalMedia): ChosenMedia {
  const remote = readSdp(text);
  return agreed(remote, checkFits(remote, local, byPeerOrder(remote, local.codecs)));
}

/**
 * Our last description as the offer that a re-INVITE without SDP asks for (RFC 3261, 14.2): both ways again, with the
 * next version when that changed it (RFC 3264, 8).
 */
export function reofferSdp(lastLocal: string): string {
  const open = lastLocal.replace(/^a=(sendonly|recvonly|inactive)/m, 'a=sendrecv');
  if (open === lastLocal) return open;
  return open.replace(/^(o=\S+ \S+ )(\d+)/m, (_, head: string, version: string) => `${head}${Number(version) + 1}`);
}

function audioLines(
  local: LocalMedia,
  codecs: readonly OfferedCodec[],
  events: readonly OfferedEvents[],
  { ptimeMs, direction, comfortNoiseType }: Pick<ChosenMedia, 'ptimeMs' | 'direction' | 'comfortNoiseType'>,
  protocol = 'RTP/AVP',
): string[] {
  const noise = comfortNoiseType < 0 ? [] : [comfortNoiseType];
  const types = [...[...codecs, ...events].map(({ payloadType }) => payloadType), ...noise];
  return [
    `m=audio ${local.port} ${protocol} ${types.join(' ')}`,
    ...codecs.flatMap((codec) => codecLines(codec, local.opusFormat ?? '')),
    ...events.flatMap(({ payloadType, clockHz }) => [
      `a=rtpmap:${payloadType} telephone-event/${clockHz}`,
      `a=fmtp:${payloadType} 0-15`,
    ]),
    ...noise.map((payloadType) => `a=rtpmap:${payloadType} CN/8000`),
    `a=ptime:${ptimeMs}`,
    `a=${direction}`,
  ];
}

const codecLines = ({ codec, payloadType }: OfferedCodec, opusFormat: string): string[] => [
  `a=rtpmap:${payloadType} ${encodings[codec]}`,
  ...(codec === 'opus' && opusFormat !== '' ? [`a=fmtp:${payloadType} ${opusFormat}`] : []),
];

function description({ ip, sessionId, version }: LocalMedia, media: readonly string[]): string {
  const address = `IN IP${isIP(ip) === 6 ? 6 : 4} ${ip}`;
  const session = ['v=0', `o=oavc ${sessionId} ${version} ${address}`, 's=-', `c=${address}`, 't=0 0'];
  return `${[...session, ...media].join('\r\n')}\r\n`;
}
