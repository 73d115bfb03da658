/** A dialog (RFC 3261, section 12): whose tags, which route, which numbers; and the requests inside it. */
import { randomBytes } from 'node:crypto';
import type { SipRequest, SipResponse } from './message.js';
import { cseqOf, type HeaderLines, header, parameter, parseUri, uriOf } from './message.js';
import type { Peer } from './udp.js';

export const newTag = (): string => randomBytes(8).toString('hex');
/** Starts with the magic cookie of RFC 3261, 8.1.1.7. */
export const newBranch = (): string => `z9hG4bK${randomBytes(10).toString('hex')}`;

interface DialogParts {
  callId: string;
  /** Whole From or To value of each end, with its tag. */
  local: string;
  remote: string;
  remoteTarget: string;
  routes: string[];
  localCseq: number;
  remoteCseq: number;
  /** Where the peer's messages come from: used when its Contact cannot be reached. */
  peer: Peer;
}

export class Dialog {
  constructor(private readonly parts: DialogParts) {}

  /** Of the answering side, made by our 2xx; `toTag` is ours. */
  static answered(invite: SipRequest, toTag: string, peer: Peer): Dialog {
    return new Dialog({
      callId: header(invite, 'call-id'),
      local: `${header(invite, 'to')};tag=${toTag}`,
      remote: header(invite, 'from'),
      remoteTarget: uriOf(header(invite, 'contact')) || uriOf(header(invite, 'from')),
      routes: [...(invite.headers['record-route'] ?? [])],
      localCseq: 0,
      remoteCseq: cseqOf(invite).number,
      peer,
    });
  }

  /** Of the calling side, made by the peer's 2xx to our INVITE. */
  static placed(response: SipResponse, peer: Peer): Dialog {
    return new Dialog({
      callId: header(response, 'call-id'),
      local: header(response, 'from'),
      remote: header(response, 'to'),
      remoteTarget: uriOf(header(response, 'contact')) || uriOf(header(response, 'to')),
      routes: [...(response.headers['record-route'] ?? [])].reverse(),
      localCseq: cseqOf(response).number,
      remoteCseq: -1,
      peer,
    });
  }

  get id(): string {
    return dialogId(this.parts.callId, tagOf(this.parts.local), tagOf(this.parts.remote));
  }
  get callId(): string {
    return this.parts.callId;
  }
  get inviteCseq(): number {
    return this.parts.localCseq;
  }

  /** False for a request that is older than one already seen (RFC 3261, 12.2.2). */
  accepts(request: SipRequest): boolean {
    const { number } = cseqOf(request);
    if (number < this.parts.remoteCseq) return false;
    this.parts.remoteCseq = number;
    return true;
  }

  /** The peer may move: its newest Contact is where requests go. */
  retarget(message: SipRequest | SipResponse): void {
    const contact = uriOf(header(message, 'contact'));
    if (contact !== '') this.parts.remoteTarget = contact;
  }

  nextCseq(): number {
    this.parts.localCseq++;
    return this.parts.localCseq;
  }

  get target(): string {
    return this.parts.remoteTarget;
  }

  /** Headers of a request in this dialog; routes are loose (RFC 3261, 12.2.1.1). */
  headers(method: string, cseq: number): HeaderLines {
    const { routes, local, remote, callId } = this.parts;
    return [
      ...routes.map((route) => ['Route', route] as const),
      ['From', local],
      ['To', remote],
      ['Call-ID', callId],
      ['CSeq', `${cseq} ${method}`],
    ];
  }

  /** Where the next request goes: first route, else the target, where its host is an address; else back to the peer. */
  get nextHop(): Peer {
    const first = this.parts.routes[0];
    const uri = parseUri(first === undefined ? this.parts.remoteTarget : uriOf(first));
    const numeric = uri !== undefined && /^\d{1,3}(\.\d{1,3}){3}$/.test(uri.host);
    return numeric && uri ? { ip: uri.host, port: uri.port } : this.parts.peer;
  }
}

const tagOf = (value: string): string => parameter(value, 'tag') ?? '';

export const dialogId = (callId: string, localTag: string, remoteTag: string): string =>
  `${callId} ${localTag} ${remoteTag}`;

/** The dialog that a request from the peer belongs to; undefined where it has no To tag. */
export function dialogOf(request: SipRequest): string | undefined {
  const localTag = parameter(header(request, 'to'), 'tag');
  if (localTag === undefined) return undefined;
  return dialogId(header(request, 'call-id'), localTag, parameter(header(request, 'from'), 'tag') ?? '');
}
