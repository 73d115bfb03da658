/** What SDP says about one audio stream, in the words of the media engine. */

export type SdpCodec = 'PCMU' | 'PCMA' | 'opus' | 'L16';
/** Rate of the RTP timestamps; for Opus always 48000 (RFC 7587, 4.1). */
export const clocksHz: Readonly<Record<SdpCodec, number>> = { PCMU: 8000, PCMA: 8000, opus: 48_000, L16: 16_000 };

export type SdpDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface OfferedCodec {
  codec: SdpCodec;
  payloadType: number;
  clockHz: number;
  /** Format parameters as written; '' for none. */
  fmtp: string;
}

export interface OfferedEvents {
  payloadType: number;
  clockHz: number;
}

/** One m= line, as the answer has to repeat it; `accepted` marks the stream that is used. */
export interface MediaLine {
  type: string;
  protocol: string;
  formats: string;
  accepted: boolean;
}

/** The audio stream that a peer describes, and what stands beside it. */
export interface RemoteMedia {
  ip: string;
  port: number;
  /** Where a=rtcp names one (RFC 3605). */
  rtcpPort?: number;
  /** Seen from the peer. */
  direction: SdpDirection;
  /** 10 to 60 in steps of 10. */
  ptimeMs: number;
  /** In the peer's order of preference. */
  codecs: OfferedCodec[];
  /** telephone-event payload types (RFC 4733); one a clock rate. */
  telephoneEvents: OfferedEvents[];
  /** Payload type of comfort noise at 8 kHz (RFC 3389); -1 for none. */
  comfortNoiseType: number;
  lines: MediaLine[];
}

export interface LocalMedia {
  ip: string;
  port: number;
  /** The preferred first. */
  codecs: readonly SdpCodec[];
  /** What we say of Opus, as its fmtp; nothing where there is nothing to say. */
  opusFormat?: string;
  sessionId: number;
  /** Counts the descriptions of the session. */
  version: number;
}

/** What both ends agreed on: where to send, and how; direction as we see it. */
export interface ChosenMedia {
  codec: SdpCodec;
  payloadType: number;
  /** -1 for none. */
  telephoneEventType: number;
  /** Of the durations of events; 0 without them. */
  telephoneEventClockHz: number;
  /** -1 for none. */
  comfortNoiseType: number;
  /** Format parameters of the codec, as the peer wrote them. */
  fmtp: string;
  ptimeMs: number;
  direction: SdpDirection;
  remoteIp: string;
  remotePort: number;
  /** Where the peer names one other than the port after `remotePort` (RFC 3605). */
  remoteRtcpPort?: number;
}
