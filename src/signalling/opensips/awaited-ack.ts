/** The ACK to our 200: waited for where it brings the answer to our offer, and never longer than a caller is there. */
import { fault } from '../../errors.js';

/** OpenSIPS repeats the 200 for its fr_timeout; 64*T1 is the RFC's own limit (RFC 3261, 13.3.1.4). */
const limitMs = 32_000;

interface Waiting {
  resolve(sdp: string): void;
  reject(reason: unknown): void;
  timer: NodeJS.Timeout;
}

export class AwaitedAck {
  #waiting: Waiting | undefined;

  /** Resolves with the ACK's description ('' for none); when it is late, calls `onLate` and rejects with SIP_TIMEOUT. */
  wait(onLate: () => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = () => {
        this.giveUp(fault('SIP_TIMEOUT', 'ACK'));
        onLate();
      };
      this.#waiting = { resolve, reject, timer: setTimeout(late, limitMs) };
    });
  }

  came(sdp: string): void {
    this.#take()?.resolve(sdp);
  }

  giveUp(reason: unknown): void {
    this.#take()?.reject(reason);
  }

  #take(): Waiting | undefined {
    const waiting = this.#waiting;
    clearTimeout(waiting?.timer);
    this.#waiting = undefined;
    return waiting;
  }
}
