/** SDP of a leg → the stream of a media session. */
import type { Config } from '../config/schema.js';
import type { CodecName, OpusOptions, StreamOptions } from '../media/addon.js';
import type { MediaOptions } from '../media/session.js';
import { readOpusFormat, writeOpusFormat } from '../signalling/opus-format.js';
import { answerSdp, type ChosenMedia, offerSdp, readAnswer, readSdp } from '../signalling/sdp.js';

/** The spoken ring holds the line's own rate; Opus runs at 24 kHz, which is all that a 22 kHz voice needs. */
const lineRatesHz: Readonly<Record<CodecName, number>> = {
  PCMU: 8000,
  PCMA: 8000,
  opus: 24000,
  L16: 16000,
};

/** How a call's media is opened; `wake` is 0 for nobody. */
export const mediaOptions = ({ rtp }: Config, wake: number): MediaOptions => ({
  bindIp: rtp.bind_ip,
  portMin: rtp.min_port,
  portMax: rtp.max_port,
  wake,
  jitterMinMs: rtp.jitter_min_ms,
  jitterMaxMs: rtp.jitter_max_ms,
  detectTones: rtp.detect_tones,
});

export interface Negotiated {
  sdp: string;
  stream: StreamOptions;
}

const codecsOf = (config: Config): CodecName[] =>
  config.rtp.codecs.split(/[\s,]+/).filter((name): name is CodecName => name in lineRatesHz);

/** Our settings within what the peer takes: redundancy only where it is used, no more bits than it wants. */
function opusFor({ rtp }: Config, fmtp: string): OpusOptions {
  const peer = readOpusFormat(fmtp);
  return {
    complexity: rtp.opus_complexity,
    bitrate: Math.min(rtp.opus_bitrate, peer.maxBitrate ?? rtp.opus_bitrate),
    fec: rtp.opus_fec && peer.fec,
    dtx: rtp.opus_dtx || peer.dtx,
    constantBitrate: peer.constantBitrate,
  };
}

/** One end of the session in SDP (RFC 4566 o=): its id stays, its version counts the descriptions. */
export class Negotiation {
  readonly #sessionId = Date.now();
  #version = 0;
  /** In our order; what is in force comes first, so that a later offer changes it only when it must. */
  #codecs: CodecName[];

  constructor(
    readonly config: Config,
    readonly rtpPort: number,
    /** Where the signalling comes from, if that is the peer's own address. */
    readonly signallingIp?: string,
  ) {
    this.#codecs = codecsOf(config);
  }

  #local() {
    const { ip, bind_ip } = this.config.rtp;
    return {
      ip: ip || bind_ip,
      port: this.rtpPort,
      codecs: this.#codecs,
      opusFormat: writeOpusFormat({ fec: this.config.rtp.opus_fec, dtx: this.config.rtp.opus_dtx }),
      sessionId: this.#sessionId,
      version: ++this.#version,
    };
  }

  /** Answers an offer; throws SDP_UNACCEPTABLE. */
  answer(offer: string): Negotiated {
    const { sdp, chosen } = answerSdp({ remote: readSdp(offer), local: this.#local() });
    return { sdp, stream: this.#streamOf(chosen) };
  }

  offer(): string {
    return offerSdp(this.#local());
  }

  /** Reads the answer to our offer; throws SDP_UNACCEPTABLE. */
  accept(answer: string): StreamOptions {
    return this.#streamOf(readAnswer(answer, this.#local()));
  }

  #streamOf({ fmtp, ...chosen }: ChosenMedia): StreamOptions {
    const { codec } = chosen;
    this.#codecs = [codec, ...this.#codecs.filter((other) => other !== codec)];
    const host = this.signallingIp === undefined ? {} : { signallingIp: this.signallingIp };
    const stream = { ...chosen, ...host, lineRateHz: lineRatesHz[codec] };
    return codec === 'opus' ? { ...stream, opus: opusFor(this.config, fmtp) } : stream;
  }
}
