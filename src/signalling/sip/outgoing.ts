/** Calls that we place: where they go, through the trunk or past it, and giving them up. */
import { fault } from '../../errors.js';
import { destinationUri } from '../destination.js';
import type { PlaceOptions } from '../leg.js';
import { givenUp } from '../placing.js';
import type { Dialog } from './dialog.js';
import { Invitation } from './invitation.js';
import { locate } from './locate.js';
import type { HeaderLines, SipResponse } from './message.js';
import type { Peer } from './peer.js';
import type { SessionLimits } from './session-timer.js';
import type { Trunk } from './trunk.js';
import { parseUri } from './uri.js';
import type { UserAgent } from './user-agent.js';

export interface Placed {
  dialog: Dialog;
  response: SipResponse;
  from: string;
  to: string;
}

export class Outgoing {
  readonly #invitations = new Set<Invitation>();
  #closed = false;

  constructor(
    readonly agent: UserAgent,
    readonly family: 4 | 6,
    readonly limits: SessionLimits,
  ) {}

  /** Calls that are not answered yet. */
  get size(): number {
    return this.#invitations.size;
  }

  /** Resolves when it is answered; throws as `Signalling.place` says. `headers` stand beside the offer. */
  async place(
    destination: string,
    from: string,
    offer: string,
    headers: HeaderLines,
    options: PlaceOptions,
  ): Promise<Placed> {
    const to = this.#uriOf(destination);
    const peer = await this.#find(to);
    const caller = this.#callerOf(from, peer);
    const all: HeaderLines = [['Contact', this.agent.contact(peer)], ...headers];
    const invitation = new Invitation(this.agent, {
      uri: to,
      from: caller,
      peer,
      offer,
      headers: all,
      limits: this.limits,
      options,
    });
    if (options.signal?.aborted || this.#closed) throw givenUp();
    return { ...(await this.#answered(invitation, options.signal)), from: caller, to };
  }

  /** With a trunk a number is enough. */
  #uriOf(destination: string): string {
    const { trunk } = this.agent;
    const uri = trunk && !/^\w+:/.test(destination) ? destinationUri(destination, trunk.domain) : destination;
    if (parseUri(uri) && !/^sips:/i.test(uri)) return uri;
    throw fault('NOT_SUPPORTED', `calling "${destination}"`, `expected sip:USER@HOST${trunk ? ' or a number' : ''}`);
  }

  async #find(uri: string): Promise<Peer> {
    const target = parseUri(uri);
    if (!target) throw fault('NOT_SUPPORTED', 'this destination', 'expected sip:USER@HOST');
    const { trunk } = this.agent;
    return trunk?.leadsTo(target) ? findTrunk(trunk, this.family) : locate(target, this.family);
  }

  /** A URI as it is; a name is a user of ours, at the trunk the account there. */
  #callerOf(from: string, peer: Peer): string {
    if (parseUri(from)) return from;
    const account = this.agent.trunk?.credentialsFor(peer.ip) && this.agent.trunk.account;
    return account ?? `sip:${encodeURIComponent(from)}@${this.agent.hostPort(peer)}`;
  }

  async #answered(invitation: Invitation, signal: AbortSignal | undefined) {
    const giveUp = () => invitation.giveUp();
    this.#invitations.add(invitation);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      return await invitation.send();
    } finally {
      signal?.removeEventListener('abort', giveUp);
      this.#invitations.delete(invitation);
    }
  }

  /** Gives all of them up; no more are placed. */
  close(): void {
    this.#closed = true;
    for (const invitation of this.#invitations) invitation.giveUp();
  }
}

/** Where the trunk is now; throws NOT_SUPPORTED for a name that leads nowhere. */
export async function findTrunk(trunk: Trunk, family: 4 | 6): Promise<Peer> {
  const peer = await locate(trunk.uri, family);
  trunk.seenAt(peer.ip);
  return peer;
}
