/** A call to the server under test, and what is heard on it. */
import { Phone } from '../../src/caller/phone.js';
import { withSipLine } from '../../src/caller/sip-line.js';
import { loadConfig } from '../../src/config/load.js';
import type { TestServer } from './running-server.js';

/** 20 ms at 16 kHz. */
export type Frame = Int16Array;

export interface ListeningCall {
  phone: Phone;
  callId: string;
  /** Resolves with the frames that are heard from now on, as soon as they are `enough`. */
  frames(enough: (frames: readonly Frame[]) => boolean): Promise<Frame[]>;
  /** How it ended, once it has. */
  ended: Promise<string>;
}

/** Calls `user`, and hangs up when `work` is done. */
export function listeningCall(
  server: TestServer,
  user: string,
  work: (call: ListeningCall) => Promise<void>,
): Promise<void> {
  const { config } = loadConfig({ file: undefined, env: {}, commandLine: [] });
  return withSipLine(config, async (signalling) => {
    const listener = new Listener();
    let end: (how: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    const onFrame = ({ samples }: { samples: Int16Array }) => listener.hear(samples.slice());
    const phone = await Phone.call(server.uri(user), config, signalling, { onFrame, onEnded: (how) => end(how) });
    try {
      const { callId } = await server.event('call-started', ({ to }) => to.includes(`:${user}@`));
      await work({ phone, callId, frames: (enough) => listener.frames(enough), ended });
    } finally {
      await phone.hangUp();
    }
  });
}

class Listener {
  #frames: Frame[] = [];
  #look = () => {};

  hear(frame: Frame): void {
    this.#frames.push(frame);
    this.#look();
  }

  frames(enough: (frames: readonly Frame[]) => boolean): Promise<Frame[]> {
    const frames: Frame[] = [];
    this.#frames = frames;
    return new Promise((resolve) => {
      this.#look = () => {
        if (!enough(frames)) return;
        this.#look = () => {};
        resolve(frames);
      };
    });
  }
}

/** Largest sample of all frames. */
export const peakOf = (...frames: readonly Frame[]): number =>
  Math.max(0, ...frames.map((frame) => frame.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)));

/** Amplitude of a tone of so many Hz in a frame; exact where whole periods are in it. */
export function amplitudeOf(frame: Frame, hz: number): number {
  let [sine, cosine] = [0, 0];
  frame.forEach((sample, at) => {
    sine += sample * Math.sin((2 * Math.PI * hz * at) / 16_000);
    cosine += sample * Math.cos((2 * Math.PI * hz * at) / 16_000);
  });
  return (2 * Math.hypot(sine, cosine)) / frame.length;
}
