/** The legs of one user agent: those whose dialog stands, and those that have no answer yet. */
import { type Dialog, dialogOf, newTag } from './dialog.js';
import { cseqOf, header, tagOf } from './headers.js';
import type { SipRequest } from './message.js';
import type { SipLeg } from './sip-leg.js';

export class Dialogs {
  readonly #running = new Map<string, SipLeg>();
  readonly #early = new Set<SipLeg>();

  get size(): number {
    return this.#running.size + this.#early.size;
  }

  all(): SipLeg[] {
    return [...this.#running.values(), ...this.#early];
  }

  begun(leg: SipLeg): void {
    this.#early.add(leg);
  }

  /** The dialog exists from now on: its requests are this leg's. */
  established(leg: SipLeg, dialog: Dialog): void {
    this.#running.set(dialog.id, leg);
    this.#early.delete(leg);
  }

  released(leg: SipLeg): void {
    if (leg.dialog) this.#running.delete(leg.dialog.id);
    this.#early.delete(leg);
  }

  /** The leg whose dialog this request is in. */
  find(request: SipRequest): SipLeg | undefined {
    return this.#running.get(dialogOf(request) ?? '');
  }

  /** The same INVITE on a second way through forking proxies (RFC 3261, 8.2.2.2). */
  isMerged(request: SipRequest): boolean {
    const identity = identityOf(request);
    return [...this.#early].some(({ invite }) => invite && identityOf(invite.request) === identity);
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
