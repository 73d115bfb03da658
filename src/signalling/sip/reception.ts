/** Requests that come in: those of a dialog go to its leg, INVITEs become legs, the rest is answered here. */
import { allowed } from '../in-dialog.js';
import { sdpOf } from '../sdp-body.js';
import { dialogOf, newTag } from './dialog.js';
import type { Dialogs } from './dialogs.js';
import { header } from './headers.js';
import type { HeaderLines } from './message.js';
import { acceptSdp } from './offers.js';
import type { Serving } from './serving.js';
import { agree } from './session-timer.js';
import { SipLeg, type SipLegHost } from './sip-leg.js';
import { parseUri } from './uri.js';

const methods = allowed.split(', ');

/** What the reception needs of the server. */
export interface ReceptionHost extends SipLegHost {
  readonly dialogs: Dialogs;
  /** The INVITE that a CANCEL means. */
  cancelled(cancel: Serving): Serving | undefined;
  /** Why no call may begin; undefined when one may. */
  closed(): readonly [status: number, reason: string] | undefined;
  /** One more call would be refused: what OPTIONS tells a load balancer. */
  full(): boolean;
  /** A call begins. */
  onLeg(leg: SipLeg): void;
}

export class Reception {
  constructor(readonly host: ReceptionHost) {}

  take(serving: Serving): void {
    const { request } = serving;
    if (request.method === 'CANCEL') this.#cancel(serving);
    else if (dialogOf(request) !== undefined) this.#inDialog(serving, this.host.dialogs.find(request));
    else if (strangeExtensions(serving).length > 0) refuseExtension(serving);
    else if (!parseUri(request.uri)) serving.respond(416, 'Unsupported URI Scheme', { toTag: newTag() });
    else if (request.method === 'INVITE') this.#invite(serving);
    else if (request.method === 'OPTIONS') this.#capabilities(serving);
    else if (request.method === 'REFER') serving.respond(603, 'Decline', { toTag: newTag() });
    else if (methods.includes(request.method)) unknownCall(serving);
    else serving.respond(405, 'Method Not Allowed', { toTag: newTag(), headers: [['Allow', allowed]] });
  }

  #cancel(serving: Serving): void {
    const invite = this.host.cancelled(serving);
    if (!invite) return unknownCall(serving);
    serving.respond(200, 'OK', { toTag: invite.toTag ?? newTag() });
    if (invite.machine.state === 'trying') invite.onCancelled();
  }

  #inDialog(serving: Serving, leg: SipLeg | undefined): void {
    if (!leg) unknownCall(serving);
    else if (strangeExtensions(serving).length > 0) refuseExtension(serving);
    else if (!leg.dialog.accepts(serving.request)) serving.respond(500, 'Server Internal Error');
    else leg.request(serving);
  }

  #capabilities(serving: Serving): void {
    const headers: HeaderLines = [
      ['Allow', allowed],
      ['Accept', 'application/sdp'],
      ['Supported', 'timer'],
      ['Contact', this.host.contact(serving.peer)],
    ];
    const full = this.host.full() ? ([503, 'Service Unavailable'] as const) : undefined;
    const [status, reason] = this.host.closed() ?? full ?? [200, 'OK'];
    serving.respond(status, reason, { toTag: newTag(), headers });
  }

  #invite(serving: Serving): void {
    const { request } = serving;
    const toTag = newTag();
    const sdp = sdpOf(header(request, 'content-type'), request.body);
    if (sdp === undefined) return serving.respond(415, 'Unsupported Media Type', { toTag, ...acceptSdp });
    const agreement = agree(request, this.host.limits);
    if (agreement.kind === 'too-short') return tooShort(serving, agreement.minS);
    const closed = this.host.closed();
    if (closed) return serving.respond(...closed, { toTag, headers: [['Retry-After', '5']] });
    if (this.host.dialogs.isMerged(request)) return serving.respond(482, 'Loop Detected', { toTag });
    serving.respond(100, 'Trying');
    const leg = SipLeg.inbound(this.host, serving, this.host.dialogs.keyFor(request), sdp);
    this.host.onLeg(leg);
  }
}

const unknownCall = (serving: Serving): void =>
  serving.respond(481, 'Call/Transaction Does Not Exist', { toTag: newTag() });

/** RFC 4028, 9: what would be long enough. */
const tooShort = (serving: Serving, minS: number): void =>
  serving.respond(422, 'Session Interval Too Small', { toTag: newTag(), headers: [['Min-SE', `${minS}`]] });

/** Extensions that the peer requires and that we do not have (RFC 3261, 8.2.2.3): all but session timers. */
const strangeExtensions = ({ request }: Serving): string[] =>
  (request.headers.require ?? []).filter((name) => name.toLowerCase() !== 'timer');

function refuseExtension(serving: Serving): void {
  const names = strangeExtensions(serving).map((name) => ['Unsupported', name] as const);
  serving.respond(420, 'Bad Extension', { toTag: newTag(), headers: names });
}
