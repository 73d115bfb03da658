/** The legs of one user agent, by their dialogs. */
import { dialogOf, newTag } from './dialog.js';
import { cseqOf, header, tagOf } from './headers.js';
import type { SipRequest } from './message.js';
import type { SipLeg } from './sip-leg.js';

export class Dialogs {
  readonly #legs = new Map<string, SipLeg>();

  get size(): number {
    return this.#legs.size;
  }

  all(): SipLeg[] {
    return [...this.#legs.values()];
  }

  begun(leg: SipLeg): void {
    this.#legs.set(leg.dialog.id, leg);
  }

  released(leg: SipLeg): void {
    this.#legs.delete(leg.dialog.id);
  }

  /** The leg whose dialog this request is in. */
  find(request: SipRequest): SipLeg | undefined {
    return this.#legs.get(dialogOf(request) ?? '');
  }

  /** The same INVITE on a second way through forking proxies (RFC 3261, 8.2.2.2). */
  isMerged(request: SipRequest): boolean {
    const identity = identityOf(request);
    return this.all().some(({ invite }) => invite && identityOf(invite.request) === identity);
  }

  /** A name for the call: its Call-ID; with something beside it where that is taken, as when we call ourselves. */
  keyFor(request: SipRequest): string {
    const callId = header(request, 'call-id');
    const taken = this.all().some(({ key }) => key === callId);
    return taken ? `${callId};${newTag()}` : callId;
  }
}

const identityOf = (request: SipRequest): string =>
  `${header(request, 'call-id')} ${tagOf(header(request, 'from'))} ${cseqOf(request).number}`;
