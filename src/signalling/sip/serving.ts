/** A request that is being answered: its transaction, and where its responses go. */
import { header, topVia } from './headers.js';
import { type ResponseParts, type SipRequest, writeResponse } from './message.js';
import type { Peer } from './peer.js';
import { ServerTransaction } from './transaction.js';

export class Serving {
  readonly machine: ServerTransaction;
  readonly request: SipRequest;
  /** Where responses go (RFC 3581). */
  readonly replyTo: Peer;
  /** Our tag in the answers to an INVITE: a CANCEL is answered with the same (RFC 3261, 9.2). */
  toTag: string | undefined;
  /** A 2xx to INVITE was never acknowledged. */
  onUnacknowledged: () => void = () => undefined;
  /** CANCEL came while the INVITE is not answered. */
  onCancelled: () => void = () => undefined;

  constructor(
    request: SipRequest,
    /** Where it came from. */
    readonly peer: Peer,
    readonly send: (text: string, peer: Peer) => void,
    readonly nowMs: () => number,
  ) {
    this.request = marked(request, peer);
    this.replyTo = replyTo(request, peer);
    this.machine = new ServerTransaction(request.method === 'INVITE', peer.transport === 'TCP');
  }

  /** Nothing after a final response. */
  respond(status: number, reason: string, parts: ResponseParts = {}): void {
    if (this.machine.state !== 'trying') return;
    const text = writeResponse(this.request, status, reason, parts);
    this.machine.respond(status, text, this.nowMs());
    this.send(text, this.replyTo);
  }

  resend(): void {
    if (this.machine.response !== undefined) this.send(this.machine.response, this.replyTo);
  }
}

/** Notes in the top Via where the request really came from (RFC 3261, 18.2.1; RFC 3581, 4). */
export function marked(request: SipRequest, { ip, port }: Peer): SipRequest {
  const [top = '', ...rest] = request.headers.via ?? [];
  const filled = top.replace(/;\s*rport\s*(=[^;]*)?(?=;|$)/i, `;rport=${port}`);
  return { ...request, headers: { ...request.headers, via: [`${filled};received=${ip}`, ...rest] } };
}

/**
 * UDP: to the port that it came from when the peer asks so with rport, else to the port in its Via. TCP: over the
 * connection that it came on, or a new one to the port in its Via (RFC 3261, 18.2.2).
 */
export function replyTo(request: SipRequest, peer: Peer): Peer {
  const via = topVia(request);
  const listensAt = via?.port ?? 5060;
  if (peer.transport === 'TCP') return { ...peer, listensAt };
  return { ...peer, port: !via || via.rport ? peer.port : listensAt };
}

/** RFC 3261, 17.2.3: branch, sent-by and method; ACK belongs to its INVITE. Old branches are no names: 2543 rules. */
export function serverKey(request: SipRequest, method: string): string {
  const { branch = '', host = '', port = 5060 } = topVia(request) ?? {};
  const sentBy = `${host.toLowerCase()}:${port}`;
  if (branch.startsWith('z9hG4bK')) return `${branch} ${sentBy} ${method}`;
  const number = header(request, 'cseq').split(/\s/, 1)[0];
  return `${request.uri} ${header(request, 'from')} ${header(request, 'call-id')} ${number} ${sentBy} ${method}`;
}
