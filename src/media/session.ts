/** The media of one call: its memory, its native session, and the order in which both are given back. */
import { fault, reasonOf } from '../errors.js';
import {
  loadAddon,
  type NativeSession,
  type RecordingFormat,
  type SessionOptions,
  type SessionStats,
  type StreamOptions,
} from './addon.js';
import { spokenLayout, supervisorLayout } from './ring-layout.js';
import { allocateRings, allocateSupervisorRing, type Rings, SpokenRing } from './sample-ring.js';
import { SupervisorVoice } from './supervisor-voice.js';

export type MediaOptions = Omit<SessionOptions, 'heard' | 'spoken' | 'supervisor'>;

export interface MediaStats extends SessionStats {
  /** Of a supervisor who sent faster than it can be played. */
  supervisorDroppedMs: number;
}

const digitMs = 160;
let openSessions = 0;
/** Sessions whose memory or ports are still held: what a leak test counts. */
export const heldSessions = (): number => openSessions;

/** Binds a port pair and hands the rings to a media thread; throws PORTS_EXHAUSTED, MEDIA_ADDRESS. */
export class CallMedia {
  readonly #native: NativeSession;
  #closed: Promise<void> | undefined;
  #lineRateHz: number | undefined;
  #supervisor: SupervisorVoice | undefined;

  private constructor(
    native: NativeSession,
    readonly rings: Rings,
    readonly supervisorRing: SharedArrayBuffer,
  ) {
    this.#native = native;
  }

  static open(options: MediaOptions): CallMedia {
    const rings = allocateRings();
    const supervisor = allocateSupervisorRing();
    const { Session } = loadAddon();
    try {
      const [heard, spoken] = [new Uint8Array(rings.heard), new Uint8Array(rings.spoken)];
      const native = new Session({ ...options, heard, spoken, supervisor: new Uint8Array(supervisor) });
      const media = new CallMedia(native, rings, supervisor);
      openSessions++;
      return media;
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : '';
      if (code === 'PORTS_EXHAUSTED') throw fault('PORTS_EXHAUSTED', options.portMin, options.portMax);
      if (code === 'MEDIA_ADDRESS') throw fault('MEDIA_ADDRESS', options.bindIp, reasonOf(thrown));
      throw fault('ENGINE_FAILED', 'media', reasonOf(thrown));
    }
  }

  get rtpPort(): number {
    return this.#native.rtpPort;
  }

  /** May be called again when the stream changes; the spoken ring keeps the rate of the first. */
  start(stream: StreamOptions): void {
    this.#lineRateHz ??= stream.lineRateHz;
    this.#alive('start').start({ ...stream, lineRateHz: this.#lineRateHz });
  }
  setVolume(gain: number): void {
    this.#alive('setVolume').setVolume(gain);
  }
  setMuted(muted: boolean): void {
    this.#alive('setMuted').setMuted(muted);
  }
  setWake(wake: number): void {
    this.#alive('setWake').setWake(wake);
  }
  /** Sends RFC 4733 digits one after the other, each 160 ms long, 80 ms apart; speech waits meanwhile. */
  sendDigits(digits: string): void {
    const native = this.#alive('sendDigits');
    for (const digit of digits) native.sendDigit(digit, digitMs);
  }
  /** Caller left, bot right, at 16 kHz, into a file that must not exist. Once in a call. */
  record(path: string, format: RecordingFormat): void {
    this.#alive('record').record(path, format);
  }
  /** A human's voice, int16 at `rateHz`, is added to the bot's, which is ducked meanwhile. The stream has started. */
  supervise(samples: Int16Array, rateHz: number): void {
    this.#alive('supervise');
    this.#supervisor ??= new SupervisorVoice(new SpokenRing(this.supervisorRing), this.#lineRateHz ?? 0);
    this.#supervisor.speak(samples, rateHz);
  }
  stats(): MediaStats {
    return { ...this.#alive('stats').stats(), supervisorDroppedMs: this.#supervisor?.droppedMs ?? 0 };
  }

  #alive(what: string): NativeSession {
    if (this.#closed) throw fault('MEDIA_CLOSED', what);
    return this.#native;
  }

  /** Resolves when the media thread let go; only then may the rings be forgotten. Safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#native.close().then(() => {
      openSessions--;
    });
    return this.#closed;
  }

  /**
   * What was said is gone from memory at once; the collectors of four threads may take minutes. For the end, when no
   * worker has the call any more.
   */
  wipe(): void {
    const { dropPages } = loadAddon();
    dropPages(new Uint8Array(this.rings.heard));
    // Their headers stay: the raised epoch ends what a voice worker still waits for.
    dropPages(new Uint8Array(this.rings.spoken, spokenLayout.samples));
    dropPages(new Uint8Array(this.supervisorRing, supervisorLayout.samples));
  }
}
