/**
 * Our side of every request that we send: who we say we are, how a peer reaches us, and the answer when it asks for a
 * password.
 */
import { fault } from '../../errors.js';
import { type Dialog, newBranch, newTag } from './dialog.js';
import { answerTo } from './digest.js';
import { localAddressFor } from './local-address.js';
import { type HeaderLines, type SipResponse, writeRequest } from './message.js';
import type { Peer } from './peer.js';
import type { OnResponse, OutgoingRequest, Transactions } from './transactions.js';
import type { Trunk } from './trunk.js';
import { hostText } from './uri.js';

export interface IdentityOptions {
  ip: string;
  /** Our address as peers reach it; the one bound to, or the one of the peer's network, where it is empty. */
  advertise?: string | undefined;
  userAgent: string;
}

/** A request of ours, without what is the same in all. */
export interface Content {
  headers?: HeaderLines;
  body?: string;
}

export interface Asked {
  cseq: number;
  response: SipResponse | undefined;
}

export class UserAgent {
  constructor(
    readonly options: IdentityOptions,
    readonly transactions: Transactions,
    readonly trunk: Trunk | undefined,
  ) {}

  hostPort(peer: Peer): string {
    const { ip, advertise } = this.options;
    return `${hostText(advertise || localAddressFor(peer.ip, ip))}:${this.transactions.transport.port}`;
  }

  /** Our Contact, as this peer can reach it. */
  contact(peer: Peer): string {
    return `<sip:oavc@${this.hostPort(peer)}${peer.transport === 'TCP' ? ';transport=tcp' : ''}>`;
  }

  /** Via and what stands beside it in each request of ours. */
  head(branch: string, peer: Peer): HeaderLines {
    return [
      ['Via', `SIP/2.0/${peer.transport} ${this.hostPort(peer)};branch=${branch};rport`],
      ['Max-Forwards', '70'],
      ['User-Agent', this.options.userAgent],
    ];
  }

  /** Credentials for a request that was answered 401 or 407; undefined where there are none to give. */
  authorisation(response: SipResponse, method: string, uri: string, peer: Peer): HeaderLines | undefined {
    const credentials = this.trunk?.credentialsFor(peer.ip);
    const proxy = response.status === 407;
    if (!credentials || !(proxy || response.status === 401)) return undefined;
    const challenge = response.headers[proxy ? 'proxy-authenticate' : 'www-authenticate'] ?? [];
    const answer = answerTo(challenge, credentials, { method, uri, cnonce: newTag() });
    return answer === undefined ? undefined : [[proxy ? 'Proxy-Authorization' : 'Authorization', answer]];
  }

  /**
   * Sends a request in the dialog, and once more with credentials when it is challenged; resolves with its final
   * response. A 2xx to INVITE is acknowledged, each time it comes.
   */
  async request(dialog: Dialog, method: string, content: Content = {}): Promise<Asked> {
    const first = await this.#once(dialog, method, content);
    const { uri } = dialog.request(method, 0);
    const more = first.response && this.authorisation(first.response, method, uri, dialog.nextHop);
    if (!more) return first;
    return this.#once(dialog, method, { ...content, headers: [...(content.headers ?? []), ...more] });
  }

  #once(dialog: Dialog, method: string, { headers = [], body = '' }: Content): Promise<Asked> {
    const branch = newBranch();
    const peer = dialog.nextHop;
    const cseq = dialog.nextCseq();
    const { uri, headers: own } = dialog.request(method, cseq);
    const all = [...this.head(branch, peer), ...own, ...headers];
    return this.#final({ method, uri, branch, headers: all, body }, peer, (response) => {
      if (method === 'INVITE' && response.status < 300) this.acknowledge(dialog, cseq);
    }).then((response) => ({ cseq, response }));
  }

  /** Resolves with the first final response; `each` is told of repeated ones too. */
  #final(request: OutgoingRequest, peer: Peer, each: (response: SipResponse) => void = () => undefined) {
    return new Promise<SipResponse | undefined>((resolve) => {
      const onResponse: OnResponse = (response) => {
        // Inside a dialog nothing rings: a final answer comes soon, or never.
        if (response && response.status < 200) return this.transactions.expire(request.branch, request.method);
        if (response) each(response);
        resolve(response);
      };
      this.transactions.ask(request, peer, onResponse);
    });
  }

  /**
   * Sends a request outside of any dialog, and once more with credentials when it is challenged; `headersFor` makes
   * what stands behind Via for each attempt, with the credentials.
   */
  async ask(
    method: string,
    uri: string,
    peer: Peer,
    headersFor: (authorisation: HeaderLines) => HeaderLines,
  ): Promise<SipResponse | undefined> {
    const once = (authorisation: HeaderLines) => {
      const branch = newBranch();
      const headers = [...this.head(branch, peer), ...headersFor(authorisation)];
      return this.#final({ method, uri, branch, headers }, peer);
    };
    const first = await once([]);
    const more = first && this.authorisation(first, method, uri, peer);
    return more ? once(more) : first;
  }

  /** ACK to a 2xx: a request of its own, which nobody answers (RFC 3261, 13.2.2.4). Returns how to send it again. */
  acknowledge(dialog: Dialog, cseq: number): () => void {
    const peer = dialog.nextHop;
    const { uri, headers } = dialog.request('ACK', cseq);
    const text = writeRequest('ACK', uri, [...this.head(newBranch(), peer), ...headers]);
    const send = () => this.transactions.transport.send(text, peer);
    send();
    return send;
  }
}

/** A request whose answer was refused: an error that says with what. */
export const refusedBy = (method: string, response: SipResponse | undefined) =>
  response ? fault('SIP_REFUSED', method, response.status, response.reason) : fault('SIP_TIMEOUT', method);
