/** Knows an event of a session that came before: by its CSeq, which the headers have (flag `h`). Bounded. */
import { header } from '../sip/headers.js';
import type { UaEvent } from './event.js';

const kept = 32;

export class RepeatedEvents {
  #seen: string[] = [];

  /** True for a datagram that repeats an earlier one; one without headers never does. */
  again(event: UaEvent): boolean {
    const cseq = header(event, 'cseq');
    if (cseq === '') return false;
    const name = `${event.type} ${event.status} ${event.method} ${cseq}`;
    if (this.#seen.includes(name)) return true;
    this.#seen.push(name);
    if (this.#seen.length > kept) this.#seen.shift();
    return false;
  }
}
