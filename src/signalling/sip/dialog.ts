/** A dialog (RFC 3261, section 12): whose tags, which route, which numbers; and the requests inside it. */
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { cseqOf, header, tagOf, topVia, uriOf } from './headers.js';
import type { HeaderLines, SipRequest, SipResponse } from './message.js';
import type { Peer } from './peer.js';
import { isLoose, parseUri, type SipUri, transportOf } from './uri.js';

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
  /** Where the peer's messages come from. */
  peer: Peer;
  /** Its Via does not say so: an address translator is between us, and its Contact is good for nothing. */
  translated: boolean;
}

export class Dialog {
  constructor(private readonly parts: DialogParts) {}

  /** Of the answering side; `toTag` is ours. Early until our 2xx (12.1.1). */
  static invited(invite: SipRequest, toTag: string, peer: Peer): Dialog {
    return new Dialog({
      callId: header(invite, 'call-id'),
      local: `${header(invite, 'to')};tag=${toTag}`,
      remote: header(invite, 'from'),
      remoteTarget: uriOf(header(invite, 'contact')) || uriOf(header(invite, 'from')),
      routes: [...(invite.headers['record-route'] ?? [])],
      localCseq: 0,
      remoteCseq: cseqOf(invite).number,
      peer,
      translated: isTranslated(invite, peer),
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
      translated: false,
    });
  }

  get id(): string {
    return dialogId(this.parts.callId, tagOf(this.parts.local), tagOf(this.parts.remote));
  }

  get callId(): string {
    return this.parts.callId;
  }

  get localTag(): string {
    return tagOf(this.parts.local);
  }

  /** Our own URI, as the peer knows it. */
  get localUri(): string {
    return uriOf(this.parts.local);
  }

  /** False for a request that is older than one already seen (RFC 3261, 12.2.2). */
  accepts(request: SipRequest): boolean {
    const { number } = cseqOf(request);
    if (number < this.parts.remoteCseq) return false;
    this.parts.remoteCseq = number;
    return true;
  }

  /** The peer may move: its newest Contact is where requests go. */
  retarget(message: SipRequest | SipResponse, peer: Peer): void {
    this.parts.remoteTarget = uriOf(header(message, 'contact')) || this.parts.remoteTarget;
    this.parts.peer = peer;
  }

  nextCseq(): number {
    this.parts.localCseq++;
    return this.parts.localCseq;
  }

  /** Request URI and headers of a request in this dialog; a strict first router gets the old order (12.2.1.1). */
  request(method: string, cseq: number): { uri: string; headers: HeaderLines } {
    const { routes, remoteTarget, local, remote, callId } = this.parts;
    const [first, ...rest] = routes;
    const strict = first !== undefined && !isLooseRoute(first);
    const route = strict ? [...rest, `<${remoteTarget}>`] : routes;
    const headers: HeaderLines = [
      ...route.map((hop) => ['Route', hop] as const),
      ['From', local],
      ['To', remote],
      ['Call-ID', callId],
      ['CSeq', `${cseq} ${method}`],
    ];
    return { uri: strict ? uriOf(first) : remoteTarget, headers };
  }

  /**
   * First route, else the target, where its host is an address. A name is not looked up in a running call: then
   * requests go back to where the peer's own came from; so they do through an address translator.
   */
  get nextHop(): Peer {
    const { routes, remoteTarget, peer, translated } = this.parts;
    const [first] = routes;
    if (first === undefined && translated) return peer;
    const uri = parseUri(first === undefined ? remoteTarget : uriOf(first));
    return uri && isIP(uri.host) > 0 ? hopTo(uri, peer) : peer;
  }
}

/** Over TCP the connection to that host which stands, else a new one (RFC 3261, 18.1.1). */
function hopTo(uri: SipUri, peer: Peer): Peer {
  const transport = transportOf(uri);
  if (transport === 'UDP') return { transport, ip: uri.host, port: uri.port };
  const port = peer.transport === 'TCP' && peer.ip === uri.host ? peer.port : uri.port;
  return { transport, ip: uri.host, port, listensAt: uri.port };
}

/** The host that the sender believes to have is not the one that it is seen from. */
function isTranslated(request: SipRequest, { ip }: Peer): boolean {
  const host = topVia(request)?.host.replace(/^\[|\]$/g, '') ?? '';
  return isIP(host) > 0 && host !== ip;
}

const isLooseRoute = (route: string): boolean => {
  const uri = parseUri(uriOf(route));
  return uri !== undefined && isLoose(uri);
};

const dialogId = (callId: string, localTag: string, remoteTag: string): string => `${callId} ${localTag} ${remoteTag}`;

/** The dialog that a request from the peer belongs to; undefined where it has no To tag. */
export function dialogOf(request: SipRequest): string | undefined {
  const localTag = tagOf(header(request, 'to'));
  if (localTag === '') return undefined;
  return dialogId(header(request, 'call-id'), localTag, tagOf(header(request, 'from')));
}
