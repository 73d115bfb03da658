/** SDP of a leg → the stream of a media session. */
import type { Config } from '../config/schema.js';
import type { CodecName, StreamOptions } from '../media/addon.js';
import { answerSdp, type ChosenMedia, offerSdp, readAnswer, readSdp } from '../signalling/sdp.js';

/** The spoken ring holds the line's own rate; Opus runs at 24 kHz, which is all that a 22 kHz voice needs. */
const lineRatesHz: Readonly<Record<CodecName, number>> = { PCMU: 8000, PCMA: 8000, opus: 24000 };

export interface Negotiated {
  sdp: string;
  stream: StreamOptions;
}

const codecsOf = (config: Config): CodecName[] =>
  config.rtp.codecs.split(/[\s,]+/).filter((name): name is CodecName => name in lineRatesHz);

const streamOf = (chosen: ChosenMedia): StreamOptions => ({ ...chosen, lineRateHz: lineRatesHz[chosen.codec] });

/** One end of the session in SDP (RFC 4566 o=): its id stays, its version counts the descriptions. */
export class Negotiation {
  readonly #sessionId = Date.now();
  #version = 0;
  #codecs: CodecName[];

  constructor(
    readonly config: Config,
    readonly rtpPort: number,
  ) {
    this.#codecs = codecsOf(config);
  }

  #local() {
    const { ip, bind_ip } = this.config.rtp;
    return {
      ip: ip || bind_ip,
      port: this.rtpPort,
      codecs: this.#codecs,
      sessionId: this.#sessionId,
      version: ++this.#version,
    };
  }

  /** Answers an offer; throws SDP_UNACCEPTABLE. A later offer must keep the codec of the first. */
  answer(offer: string): Negotiated {
    const { sdp, chosen } = answerSdp({ remote: readSdp(offer), local: this.#local() });
    this.#codecs = [chosen.codec];
    return { sdp, stream: streamOf(chosen) };
  }

  offer(): string {
    return offerSdp(this.#local());
  }

  /** Reads the answer to our offer; throws SDP_UNACCEPTABLE. */
  accept(answer: string): StreamOptions {
    const chosen = readAnswer(answer, this.#local());
    this.#codecs = [chosen.codec];
    return streamOf(chosen);
  }
}
