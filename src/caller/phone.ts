/**
 * A telephone: places one call over SIP and holds its media. The main thread is its reader and writer; the media
 * thread wakes it for each heard frame, and that wake-up is its only clock.
 */
import { mediaOptions, Negotiation } from '../call/negotiate.js';
import { monotonicNs } from '../clock.js';
import type { Config } from '../config/schema.js';
import { fault } from '../errors.js';
import { loadAddon, type SessionStats, type StreamOptions } from '../media/addon.js';
import { heardLayout } from '../media/ring-layout.js';
import { HeardRing, SpokenRing } from '../media/sample-ring.js';
import { CallMedia } from '../media/session.js';
import { stepMs, voicedEnd } from '../media/voiced.js';
import type { Leg, LegEnd, PlaceOptions, Signalling } from '../signalling/leg.js';
import type { HeardFrame } from './ear.js';

export interface PhoneHandlers {
  onFrame(frame: HeardFrame): void;
  /** The other side hung up, or the call failed. */
  onEnded(end: LegEnd, detail: string): void;
}

/** What was sent: the samples at the line rate, and when the first and the last voiced one left. */
export interface Spoken {
  samples: Int16Array;
  firstNs: bigint;
  lastVoicedNs: bigint;
}

export class Phone {
  readonly #heard: HeardRing;
  readonly #spoken: SpokenRing;
  readonly #onWake = new Set<() => void>();
  #marks = 0;
  #over = false;

  private constructor(
    readonly media: CallMedia,
    readonly leg: Leg,
    readonly stream: StreamOptions,
    readonly wake: number,
    readonly handlers: PhoneHandlers,
  ) {
    this.#heard = new HeardRing(media.rings.heard);
    this.#spoken = new SpokenRing(media.rings.spoken);
  }

  /**
   * Calls `uri`; resolves when it is answered. Throws PORTS_EXHAUSTED, SDP_UNACCEPTABLE, and what `Signalling.place`
   * throws: busy, no answer, refused, given up.
   */
  static async call(
    uri: string,
    config: Config,
    signalling: Signalling,
    handlers: PhoneHandlers,
    options: PlaceOptions = {},
  ): Promise<Phone> {
    let phone: Phone | undefined;
    const wake = loadAddon().openWake(() => phone?.woken());
    let media: CallMedia | undefined;
    try {
      media = CallMedia.open(mediaOptions(config, wake));
      const negotiation = new Negotiation(config, media.rtpPort);
      const leg = await signalling.place(uri, 'caller', negotiation.offer(), options);
      phone = await Phone.#connected(leg, media, negotiation, wake, handlers);
      return phone;
    } catch (thrown) {
      await media?.close();
      loadAddon().closeWake(wake);
      throw thrown;
    }
  }

  static async #connected(
    leg: Leg,
    media: CallMedia,
    negotiation: Negotiation,
    wake: number,
    handlers: PhoneHandlers,
  ): Promise<Phone> {
    try {
      const phone = new Phone(media, leg, negotiation.accept(leg.remoteSdp), wake, handlers);
      phone.#begin(negotiation);
      return phone;
    } catch (thrown) {
      await leg.hangup();
      throw thrown;
    }
  }

  #begin(negotiation: Negotiation): void {
    this.leg.handle({
      onEnded: (end, detail) => this.#ended(end, detail),
      onReoffer: async (offer) => {
        const { sdp, stream } = negotiation.answer(offer);
        this.media.start(stream);
        return sdp;
      },
      onDigit: () => undefined,
    });
    this.media.start(this.stream);
  }

  #ended(end: LegEnd, detail: string): void {
    this.#over = true;
    this.handlers.onEnded(end, detail);
    this.woken();
  }

  /** Hands out what was heard since the last wake-up, then lets whoever waits look again. */
  woken(): void {
    while (this.#heard.available() >= heardLayout.frameSamples) {
      const samples = new Int16Array(heardLayout.frameSamples);
      const { position } = this.#heard;
      this.#heard.read(samples);
      this.handlers.onFrame({ samples, ...this.#heard.stampAt(position) });
    }
    for (const look of this.#onWake) look();
  }

  /**
   * Speaks samples at the line rate; resolves when the last voiced one was sent. Rejects with CALL_ENDED when the
   * call is over before that.
   */
  async say(samples: Int16Array): Promise<Spoken> {
    const end = voicedEnd(samples, this.stream.lineRateHz) || samples.length;
    // The middle of the last voiced step, as the server judges it too.
    const voiced = Math.max(1, end - (this.stream.lineRateHz * stepMs) / 2000);
    const start = this.#spoken.written;
    const sequence = ++this.#marks;
    this.#spoken.mark((start + voiced - 1) >>> 0, sequence);
    await this.#write(samples);
    await this.#until(() => this.#spoken.markedNs(sequence) !== undefined);
    const lastVoicedNs = this.#spoken.markedNs(sequence) ?? monotonicNs();
    // The mark has the time of its packet, so the first sample's time is right to within one packet.
    const leadNs = BigInt(Math.round(((voiced - 1) * 1e9) / this.stream.lineRateHz));
    return { samples, firstNs: lastVoicedNs - leadNs, lastVoicedNs };
  }

  async #write(samples: Int16Array): Promise<void> {
    const epoch = this.#spoken.epoch;
    let rest = samples;
    await this.#until(() => {
      const count = this.#spoken.write(rest, epoch);
      rest = rest.subarray(Math.max(0, count));
      return rest.length === 0;
    });
  }

  /** Resolves once `look` is true, looked at on each wake-up; rejects when the call is over. */
  #until(look: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!this.#over && !look()) return;
        this.#onWake.delete(check);
        if (this.#over) reject(fault('CALL_ENDED', this.leg.key));
        else resolve();
      };
      this.#onWake.add(check);
      check();
    });
  }

  stats(): SessionStats {
    return this.media.stats();
  }

  /** Whoever waits for something to be said waits no longer. */
  stop(): void {
    this.#over = true;
    this.woken();
  }

  /** Ends the call and gives everything back. Safe after the other side hung up. */
  async hangUp(): Promise<void> {
    this.stop();
    try {
      await this.leg.hangup();
    } finally {
      await this.media.close();
      loadAddon().closeWake(this.wake);
    }
  }
}
